"""Take the questions of a file into a bank, all of them or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.authoring.bank import queries as bank_queries
from lms.authoring.bank import rules as bank_rules
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as draft_queries
from lms.authoring.drafts.rules import rights
from lms.authoring.question_files.rules import Plan
from lms.content.blocks import read_document
from lms.content.faults import Faults
from lms.content.item_text import with_item, written
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer


def take(
    session: Session, viewer: Viewer, draft_id: UUID, module: str, plan: Plan, *, seen: int,
    now: datetime,
) -> int:  # fmt: skip
    """Write what a plan says into the bank of a module; return how many items were written.

    seen    version of the bank that the plan was made from.
    raises  NotFound for who may not write questions; Refused where the bank has changed since,
            cannot be read, or has no code left.
    """
    found = draft_queries.draft(session, viewer, draft_id, lock=True)
    if not rights(viewer, found.course_id).writes_source:
        raise NotFound
    path = bank_rules.bank_path(found.source, module)
    bank = draft_queries.file(session, viewer, found, path)
    if bank.number != seen:
        raise Refused(Message(msg("The bank was changed meanwhile. Look at the file once more.")))
    document = read_document(path, bank.data or b"+++\n+++\n", Faults())
    codes = bank_queries.codes_ever(session, viewer, found, module)
    for item in (*plan.changed, *plan.new):
        code: str | None = item.id
        if item in plan.new:
            code = bank_rules.next_code(module, codes)
        if document is None or code is None:
            raise Refused(
                Message(msg("The bank of module %(module)s cannot take these questions."),
                        {"module": module})
            )  # fmt: skip
        codes.add(code)
        text = with_item(document, code, written(replace(item, id=code)))
        document = read_document(path, text.encode(), Faults())
    if document is not None and plan.writes:
        drafts.save(
            session, viewer, draft_id, path, document.text().encode(), seen=seen, now=now,
            kind=drafts.IMPORT,
        )  # fmt: skip
    return plan.writes
