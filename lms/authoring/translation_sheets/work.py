"""The worker reads a filled sheet; what it would do is looked up by the page, as it is then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.authoring import uploads
from lms.authoring.review.sentences import kept
from lms.authoring.rules import READ_SHEET
from lms.authoring.sent import FILE_GONE
from lms.authoring.translation_sheets.reading import rows_of
from lms.jobs.steps import SlowStep, Steps, keep
from lms.kernel.errors import Refused
from lms.kernel.json_value import Json
from lms.kernel.messages import Message
from lms.sheets.refusals import SheetRefusedError


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return where the rows of the sheet lie, as JSON, or why it is not read."""
    del session, cursor, now
    try:
        rows = rows_of(uploads.store().path(facts["file"]))
    except FileNotFoundError:
        return {"refused": kept(Message(FILE_GONE))}
    except (Refused, SheetRefusedError) as refused:
        return {"refused": kept(refused.message)}
    return {"rows": uploads.store().put(json.dumps(rows, ensure_ascii=False).encode())}


STEPS: Steps = {READ_SHEET: SlowStep(prepare, keep)}
