"""What the tests of the sheet for a steering committee do and read."""

from __future__ import annotations

import re
import subprocess
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from lms.catalogue.models import Programme
from lms.kernel import clock
from lms.kernel.ids import new_id, new_ordered_id
from lms.learning.models import Enrolment
from lms.reports.quarters import Quarter
from lms.reports.steering.rules import MEASURES
from tests.people import Cast
from tests.reports.moments import before
from tests.reports.same import Reports

URL = "/en/reports/steering"


LAST = Quarter.of(before(1).date())


HEADS = len(MEASURES)


GROUPS = ("sex", "rank", "function", "region", "facility")


def enrolment(person: Cast, day: datetime) -> Enrolment:
    """Return an enrolment that nobody has begun."""
    return Enrolment(
        id=new_ordered_id(),
        person_id=person.id,
        course_id="C90",
        route="list",
        number=None,
        due_on=None,
        made_at=day,
        made_by=None,
        begun_at=None,
    )


def add_programme(session: Session, code: str = "prison-health") -> UUID:
    row = Programme(
        id=new_id(),
        code=code,
        kind="programme",
        titles={"en": "Prison health", "ar": "الصحة"},
        issuers={},
        partners={},
        funders={},
        starts_on=date(2024, 1, 1),
        ends_on=None,
        printed=False,
        question=None,
        groups=[],
        measures=[],
        fixed_at=None,
        made_by=None,
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row.id


def total(here: Reports, asked: str) -> list[str]:
    return here.shown(f"steering?{asked}", "sex")[-1][1:]


def text_of(pdf: bytes, folder: Path) -> str:
    """Return what is printed, line by line; an isolating mark is no letter."""
    path = folder / "sheet.pdf"
    path.write_bytes(pdf)
    said = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    return re.sub("[\u2066-\u2069\u202a-\u202e]", "", said)


def printed(said: str) -> list[list[str]]:
    """Return the figures of each line of the paper that has all of them."""
    run = rf"(?:(?<=\s)(?:\d+|\*)(?:\s+|$)){{{HEADS}}}"
    found = [re.search(run, line) for line in said.splitlines()]
    return [figures[0].split() for figures in found if figures]
