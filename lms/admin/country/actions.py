"""What the country's office decides about this installation: names, languages, digits, time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import actor_id, administers_country, require_office
from lms.admin import night_plan
from lms.admin.backup_plan import PLAN, Plan
from lms.admin.country.queries import DECISIONS
from lms.audit import actions as audit
from lms.installation import LANGUAGES
from lms.kernel.errors import NotFound, Refused
from lms.kernel.lines import Line
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

LONGEST_REASON = 500
DIGITS = ("latn", "arab")

NO_NAME = Message(msg("Write the name in at least one language."))
NO_LANGUAGE = Message(msg("Choose at least one language."))
NO_ZONE = Message(msg("There is no such time zone. Write one like Africa/Tunis or Asia/Almaty."))
# What the log says of each decision.
LOGGED = {
    "digits": "installation.digits", "languages": "installation.languages",
    "names": "installation.names", "time_zone": "installation.time-zone",
}  # fmt: skip


def decide_names(
    session: Session, viewer: Viewer, names: Mapping[str, str], reason: str, *, now: datetime
) -> None:
    """Give the organisation other names, by language; an empty one is left out.

    Certificates name their issuer, which is decided with their look, not here.
    raises  NotFound for anybody but the country's office; Refused without any name;
            LineRefusedError for a name or reason that is no line.
    """
    given = {code: Line.of(names[code]).text for code in LANGUAGES if names.get(code)}
    if not given:
        raise Refused(NO_NAME)
    _decide(session, viewer, {"names": given}, reason, now)


def decide_languages(
    session: Session, viewer: Viewer, languages: tuple[str, ...], reason: str, *, now: datetime
) -> None:
    """Offer the pages in these languages, the first one where nothing else is known.

    raises  NotFound for anybody but the country's office; Refused for none, or one that the
            program does not speak; LineRefusedError for a reason that is no line.
    """
    if not languages or not set(languages) <= set(LANGUAGES):
        raise Refused(NO_LANGUAGE)
    _decide(session, viewer, {"languages": list(dict.fromkeys(languages))}, reason, now)


def decide_clock(
    session: Session,
    viewer: Viewer,
    time_zone: str,
    digits: str,
    reason: str,
    *,
    copies: bool,
    now: datetime,
) -> None:
    """Show moments on the clocks of another zone, and figures on papers in other digits.

    The work of the night that waits moves to the night of that zone.

    copies  whether there is a folder for backups elsewhere.
    raises  NotFound for anybody but the country's office; Refused for a zone that nobody knows
            and for other digits; LineRefusedError for a reason that is no line.
    """
    if time_zone not in available_timezones() or digits not in DIGITS:
        raise Refused(NO_ZONE)
    require_office(viewer)
    if time_zone != installation.read(session).time_zone:
        plan = Plan.of(installation.setting(session, PLAN))
        # Before the log: whoever holds its head waits for nobody.
        night_plan.ask_anew(session, plan, ZoneInfo(time_zone), copies=copies, now=now)
    _decide(session, viewer, {"time_zone": time_zone, "digits": digits}, reason, now)


def _decide(
    session: Session, viewer: Viewer, wanted: Mapping[str, Any], reason: str, now: datetime
) -> None:
    """Store what differs from what is decided, with its reason; nothing where nothing differs."""
    if not administers_country(viewer):
        raise NotFound
    said = Line.of(reason, LONGEST_REASON).text
    # Two who decide at once do it one after the other, so that both stand in the list.
    installation.lock(session)
    here = installation.read(session)
    by = actor_id(viewer)
    listed = list(installation.setting(session, DECISIONS) or ())
    for name, value in wanted.items():
        before = getattr(here, name)
        before = list(before) if isinstance(before, tuple) else before
        if before == value:
            continue
        made = {
            "what": name,
            "before": before,
            "after": value,
            "reason": said,
            "by": str(by) if by else None,
            "at": now.isoformat(),
        }
        listed.append(made)
        installation.decide(session, {name: value, DECISIONS: listed}, now=now)
        facts = {"before": before, "after": value, "reason": said}
        audit.append(session, by, LOGGED[name], name, facts, now=now)
