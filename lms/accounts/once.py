"""An unsafe request that is sent twice has one effect and gets one answer.

Where a natural key decides (enrolment and lesson, attempt and page and number) a unique
constraint is enough. Elsewhere the page carries a random ``key``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import RequestKey
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.tables import add_unless_there, deleted

KEPT = timedelta(days=40)
LONGEST_KEY = 64


def fingerprint(*facts: object) -> bytes:
    """Return a digest of what a request asks for: equal facts, equal digest.

    facts  the action's name, then its values: text, numbers, None, lists of them, UUIDs.
    """
    said = json.dumps(facts, default=str, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).digest()


def once(
    session: Session,
    viewer: Viewer,
    key: str,
    asked: bytes,
    act: Callable[[], Mapping[str, Any]],
    *,
    now: datetime,
) -> dict[str, Any]:
    """Run ``act`` unless this person's request ``key`` was carried out before; return its answer.

    key     what the page made: 8 to 64 characters.
    asked   the request's ``fingerprint``.
    act     does the work in this transaction and returns its answer as JSON values.
    raises  Refused when the key was used for something else, or is no key at all.

    The key is claimed first: of two at once the second waits for the first one's commit and
    then finds its answer. When ``act`` raises, the claim goes with the transaction.
    """
    if not 8 <= len(key) <= LONGEST_KEY:
        raise Refused(Message(msg("This page is not complete. Load it again, then send it.")))
    if _claim(session, viewer, key, asked, now):
        answer = dict(act())
        session.execute(update(RequestKey).where(*_of(viewer, key)).values(answer=answer))
        return answer
    known, answer = session.execute(
        select(RequestKey.fingerprint, RequestKey.answer).where(*_of(viewer, key))
    ).one()
    if known != asked:
        raise Refused(
            Message(
                msg(
                    "This page was sent before with other contents, and that was kept. "
                    "Load the page again to change it."
                )
            )
        )
    return dict(answer)


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete keys that no browser sends again; return how many."""
    return deleted(session, delete(RequestKey).where(RequestKey.made_at < now - KEPT))


def _of(viewer: Viewer, key: str) -> tuple[Any, Any]:
    return RequestKey.person_id == viewer.person_id, RequestKey.key == key


def _claim(session: Session, viewer: Viewer, key: str, asked: bytes, now: datetime) -> bool:
    values = {
        "person_id": viewer.person_id,
        "key": key,
        "fingerprint": asked,
        "answer": {},
        "made_at": now,
    }
    return add_unless_there(session, RequestKey, values)
