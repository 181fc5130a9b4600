"""What decides the rules of tests for a whole country, with the reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import actor_id, administers_country
from lms.admin.testrules.queries import DECISIONS
from lms.audit import actions as audit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.lines import Line
from lms.kernel.viewer import Viewer
from lms.learning.rules import mark_fault

LONGEST_REASON = 500


def decide_pass_mark(
    session: Session, viewer: Viewer, percent: int, reason: str, *, now: datetime
) -> None:
    """Let no test be passed with less than ``percent`` from now on; the same again changes nothing.

    Tests that run keep the mark of their start; what was passed and certified stays as it is.
    raises  NotFound for anybody but the country's office; Refused below the floor and above 100;
            LineRefusedError for a reason that is no line of at most 500 characters.
    """
    if not administers_country(viewer):
        raise NotFound
    said = Line.of(reason, LONGEST_REASON).text
    # Two who decide at once do it one after the other, so that both stand in the list.
    installation.lock(session)
    site = installation.read(session)
    fault = mark_fault(percent, floor=site.pass_floor)
    if fault is not None:
        raise Refused(fault)
    before = site.least_percent
    if percent == before:
        return
    by = actor_id(viewer)
    made = {
        "before": before,
        "percent": percent,
        "reason": said,
        "by": str(by) if by else None,
        "at": now.isoformat(),
    }
    decided = [*(installation.setting(session, DECISIONS) or ()), made]
    installation.decide(session, {"pass_percent": percent, DECISIONS: decided}, now=now)
    audit.append(
        session,
        by,
        "installation.pass-mark",
        str(percent),
        {"before": before, "after": percent},
        now=now,
    )


def decide_boxes(
    session: Session, viewer: Viewer, reason: str, *, wait: bool, now: datetime
) -> None:
    """Let certificates wait until the blocking boxes of their course are confirmed, or not.

    What is passed meanwhile is kept, and certified once they are; the same again changes nothing.
    raises  NotFound for anybody but the country's office; LineRefusedError for a reason that is
            no line of at most 500 characters.
    """
    if not administers_country(viewer):
        raise NotFound
    said = Line.of(reason, LONGEST_REASON).text
    installation.lock(session)
    before = installation.read(session).refuse_unconfirmed_boxes
    if wait == before:
        return
    installation.decide(session, {"refuse_unconfirmed_boxes": wait}, now=now)
    audit.append(
        session,
        actor_id(viewer),
        "installation.boxes",
        "wait" if wait else "no wait",
        {"before": before, "after": wait, "reason": said},
        now=now,
    )
