"""Send questions from elsewhere to the worker, and take what it found into a bank, all or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.authoring import sent
from lms.authoring.bank import queries as bank_queries
from lms.authoring.bank import rules as bank_rules
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as draft_queries
from lms.authoring.drafts.models import Draft
from lms.authoring.drafts.rules import rights
from lms.authoring.question_files.rules import NEW, Blocks
from lms.authoring.rules import READ_QUESTIONS
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.item_text import with_items
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer


def ask(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    facts: Mapping[str, Any],
    key: str,
    *,
    now: datetime,
) -> Job:
    """Ask the worker what a file of questions would do to a bank.

    facts   ``file``, ``bytes`` and ``name`` of what was sent; ``lesson``, ``section``, ``outcome``,
            ``why`` and ``known`` as ``rules.Wanted`` has them; ``asked``, how it is to be read.
    raises  NotFound for who may not write questions.
    """
    _mine(session, viewer, draft_id)
    return sent.ask(session, viewer, READ_QUESTIONS, draft_id, facts, key, now=now)


def _mine(session: Session, viewer: Viewer, draft_id: UUID, *, lock: bool = False) -> Draft:
    found = draft_queries.draft(session, viewer, draft_id, lock=lock)
    if not rights(viewer, found.course_id).writes_source:
        raise NotFound
    return found


def take(
    session: Session,
    viewer: Viewer,
    draft_id: UUID,
    module: str,
    blocks: Blocks,
    *,
    seen: int,
    now: datetime,
) -> int:
    """Write items into the bank of a module; return how many were written.

    seen    version of the bank that they were compared with.
    raises  NotFound for who may not write questions; Refused where the bank has changed since,
            cannot be read, or cannot hold so much.
    """
    found = _mine(session, viewer, draft_id, lock=True)
    path = bank_rules.bank_path(found.source, module)
    bank = draft_queries.file(session, viewer, found, path)
    if bank.number != seen:
        raise Refused(Message(msg("The bank was changed meanwhile. Look at the file once more.")))
    before = Faults()
    document = read_document(path, bank.data or b"+++\n+++\n", before)
    codes = bank_queries.codes_ever(session, viewer, found, module)
    written = dict(blocks.changed)
    for block in blocks.new:
        code = bank_rules.next_code(module, codes)
        if document is None or code is None:
            raise Refused(
                Message(
                    msg("The bank of module %(module)s cannot take these questions."),
                    {"module": module},
                )
            )
        codes.add(code)
        written[code] = block.replace(f"## {module}{NEW}", f"## {code}", 1)
    if document is not None and written:
        text = with_items(document, written).encode()
        after = Faults()
        read_document(path, text, after)
        # A bank that grows too large is refused as a whole, and not left as one nobody can read.
        if len(after) and not len(before):
            raise Refused(next(iter(after)).message)
        drafts.save(session, viewer, draft_id, path, text, seen=seen, now=now, kind=drafts.IMPORT)
    return len(written)
