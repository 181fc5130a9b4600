"""What a quiz page sends, with and without scripts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self, TypeGuard
from uuid import UUID

from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from lms.assessment.codes import LONGEST_TEXT, MOST_PARTS
from lms.installation import LANGUAGES
from lms.kernel.json_value import Json
from lms.web.forms import PageForm

PAGE = re.compile(r"[0-9a-f]{8,40}")
ITEM = re.compile(r"[A-Z0-9-]{3,40}")


class PageSaveForm(PageForm):
    """The whole page of a test; its answers are read by ``views.fields_of``.

    ``whole`` is the last field of the page: where it is missing, the page did not arrive whole.
    """

    saves_first = True

    page = StringField(validators=[InputRequired(), Regexp(r"^[0-9a-f]{8,40}\Z")])
    seen = IntegerField(validators=[NumberRange(0, 1_000_000)])
    whole = StringField()
    go = StringField(validators=[Optional(), Regexp(r"^[A-Za-z0-9-]{1,40}\Z")])


class SettleForm(PageForm):
    """Which of two answers counts."""

    answer = StringField(validators=[InputRequired()])
    item = StringField(validators=[InputRequired(), Regexp(r"^[A-Z0-9-]{3,40}\Z")])


@dataclass(frozen=True, slots=True)
class AnswerForm:
    """One answer as a script sends it."""

    attempt: UUID
    person: str
    page: str
    n: int
    seen: int
    item: str
    fields: dict[str, list[str]]
    language: str
    carrier: str
    claimed_at: datetime | None

    @classmethod
    def from_json(cls, sent: object) -> Self | None:
        """Return the answer, None where ``sent`` has another shape."""
        if not isinstance(sent, dict):
            return None
        envelope = envelope_of(sent)
        item, fields = sent.get("item"), sent.get("fields")
        if envelope is None or not isinstance(item, str) or not ITEM.fullmatch(item):
            return None
        if not isinstance(fields, dict) or len(fields) > MOST_PARTS:
            return None
        plain = {}
        for part, values in fields.items():
            if not isinstance(values, list) or len(values) > 10:
                return None
            plain[str(part)[:40]] = [str(value)[:LONGEST_TEXT] for value in values]
        seen, language = sent.get("seen"), sent.get("language")
        if not _whole(seen) or not 0 <= seen <= 1_000_000 or language not in LANGUAGES:
            return None
        attempt, person, page, n, claimed_at = envelope
        carrier = "outbox" if sent.get("kept") else "script"
        return cls(attempt, person, page, n, seen, item, plain, str(language), carrier, claimed_at)


def envelope_of(sent: dict[str, Any]) -> tuple[UUID, str, str, int, datetime | None] | None:
    """Return (attempt, person tag, page, n, claimed moment) of what a script sends, else None."""
    page, n, person = sent.get("page"), sent.get("n"), sent.get("person")
    if not (isinstance(page, str) and PAGE.fullmatch(page) and isinstance(person, str)):
        return None
    attempt = uuid_in(sent.get("attempt"))
    if attempt is None or not _whole(n) or not 1 <= n <= 100_000:
        return None
    claimed = sent.get("claimed")
    moment = None
    if _whole(claimed) and 0 < claimed < 1 << 43:
        moment = datetime.fromtimestamp(claimed / 1000, UTC)
    return attempt, person, page, n, moment


def json_in(body: bytes) -> object:
    """Return what JSON says, None where it is none: nested so deep that it cannot be read, too.

    Half of a surrogate pair, which JSON can spell and no database can store, is a question mark.
    """
    try:
        plain = json.dumps(json.loads(body), ensure_ascii=False)
        return json.loads(plain.encode(errors="replace"))
    except (ValueError, RecursionError):
        return None


def uuid_in(text: object) -> UUID | None:
    """Return the id that somebody sent as text, None where it is none."""
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _whole(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
