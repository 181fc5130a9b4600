"""The worker reads a whole draft and says what certificates wait for, country by country."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.authoring.adapting.rules import MOST_REASONS, READINESS
from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts import queries as found_drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.review.work import keep
from lms.content.reader import read_course
from lms.content.readiness import may_certify
from lms.jobs.steps import SlowStep, Steps
from lms.kernel.json_value import Json


def look_through(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Read the whole draft: the slow part."""
    del cursor, now
    found = session.get_one(Draft, UUID(facts["draft"]))
    if drafts.state(session, SERVER, found) != facts["state"]:
        return {"old": True}
    course = read_course(found_drafts.contents(session, SERVER, found)).course
    if course is None:
        return {"faults": True}
    return {
        "nations": {
            code: {
                language: [
                    {
                        "kind": each.kind,
                        "said": [each.message.msgid, dict(each.message.values)],
                        "code": each.code,
                        "lesson": each.lesson,
                    }
                    for each in may_certify(course, nation, language, boxes_stop=True)
                ][:MOST_REASONS]
                for language in course.languages
            }
            for code, nation in course.nations.items()
        }
    }


STEPS: Steps = {READINESS: SlowStep(look_through, keep, large=True)}
