"""The links that every page carries: the main menu, the account's, those at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from flask import current_app, g, request, url_for

from lms.kernel.messages import msg
from lms.kernel.viewer import COURSE_ROLES, UNIT_ROLES, Viewer
from lms.web.language import current


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu. ``roles``: any of them sees it; none for everybody.

    area  the segment after the language under which all pages of this line lie; where it is
          missing, the pages of the endpoint's own blueprint belong to the line.
    also  further such segments, of pages that lie beside its own and are reached from them.
    of_country  whether a role at a place counts only where it is held for the whole country.
    signed_in   whether only who is signed in sees it.
    group  the heading under which it stands; lines of one group stand together.
    """

    endpoint: str
    words: str
    roles: tuple[str, ...] = ()
    area: str = ""
    also: tuple[str, ...] = ()
    of_country: bool = False
    signed_in: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as this page shows it; ``here`` when the page belongs to it."""

    url: str
    words: str
    here: bool
    group: str = ""


# Translators: headings in the menu of administration, each over two to six lines.
PEOPLE, COURSES = msg("People and places"), msg("Courses and certificates")
# Translators: heading in the menu: health, backups, work, log and settings of the server itself.
SERVER = msg("This server")

# Features are named by their endpoints; one that this build does not have is left out.
MENUS = {
    "main": (
        Entry("desk.home", msg("Learning")),
        Entry("teaching.home", msg("Teaching"), ("trainer",), "teach"),
        # Translators: a line of the main menu: where courses are written and translated.
        Entry(
            "drafts.all",
            msg("Writing"),
            (*sorted(COURSE_ROLES), "administrator"),
            "write",
            of_country=True,
        ),
        Entry("reports.home", msg("Reports"), ("administrator", "observer"), "reports"),
        Entry("admin.home", msg("Administration"), ("administrator", "inspector"), "administer"),
    ),
    # The rooms of administration; each page lies below its line's own address.
    "administer": (
        Entry("admin.home", msg("Overview"), ("administrator",)),
        Entry(
            "people.all",
            msg("People"),
            ("administrator", "inspector"),
            "people",
            also=("staff-lists", "slips", "enrolments"),
            group=PEOPLE,
        ),
        Entry("places.all", msg("Places"), ("administrator",), "places", group=PEOPLE),
        Entry(
            "requirements.matrix",
            msg("Requirements"),
            ("administrator",),
            "requirements",
            group=COURSES,
        ),
        Entry(
            "office.certificates",
            msg("Certificates"),
            ("administrator",),
            "certificates",
            group=COURSES,
        ),
        Entry("programmes.all", msg("Programmes"), ("administrator",), "programmes", group=COURSES),
        Entry(
            "test_rules.show",
            # Translators: a line of the menu of administration: with how many percent one passes.
            msg("Rules of tests"),
            ("administrator",),
            "test-rules",
            of_country=True,
            group=COURSES,
        ),
        Entry(
            "documents.all",
            msg("Library"),
            ("administrator",),
            "library",
            of_country=True,
            group=COURSES,
        ),
        # Translators: a line of the menu of administration: whether the server is well.
        Entry(
            "health.show",
            msg("Health"),
            ("administrator",),
            "health",
            of_country=True,
            group=SERVER,
        ),
        Entry(
            "backups.show",
            msg("Backups"),
            ("administrator",),
            "backups",
            of_country=True,
            group=SERVER,
        ),
        Entry(
            "background.jobs",
            msg("Work in the background"),
            ("administrator",),
            "jobs",
            group=SERVER,
        ),
        Entry(
            "trail.all",
            # Translators: a line of the menu of administration: the log of who did what.
            msg("Log"),
            ("administrator", "inspector"),
            "audit",
            of_country=True,
            group=SERVER,
        ),
        Entry(
            "country.show",
            msg("Settings"),
            ("administrator",),
            "settings",
            of_country=True,
            group=SERVER,
        ),
        Entry(
            "succession.card",
            # Translators: a line of the menu: one printed page for the next administrator.
            msg("Succession card"),
            ("administrator",),
            "succession",
            of_country=True,
            group=SERVER,
        ),
    ),
    "account": (
        Entry("desk.my_data", msg("My data")),
        Entry("accounts.password", msg("Change the password")),
        Entry(
            "factor.change",
            msg("Second proof"),
            ("administrator", "trainer", "inspector", *sorted(COURSE_ROLES)),
        ),
        Entry("accounts.machine", msg("This computer")),
    ),
    "footer": (
        Entry("search.show", msg("Search"), signed_in=True),
        Entry("library.home", msg("Library"), signed_in=True),
        Entry("accounts.accessibility", msg("Accessibility")),
        Entry("accounts.privacy", msg("Privacy: what is stored about you")),
        Entry("accounts.problem", msg("Report a problem")),
    ),
}


def has_endpoint(name: str) -> bool:
    """Return whether this build has the page ``name``."""
    return name in current_app.view_functions


def _address(endpoint: str) -> str:
    """Return the address of a page of a menu; built once for each language."""
    known: dict[tuple[str, str], str] = current_app.extensions.setdefault("menu addresses", {})
    key = (endpoint, current().code)
    if key not in known:
        known[key] = url_for(endpoint)
    return known[key]


def links(menu: str, area: str = "") -> list[Link]:
    """Return the links of a menu, a key of ``MENUS``, that the reader of this page has.

    area  of the line to which this page belongs, where its address does not tell.
    """
    viewer = g.get("viewer")
    return [
        Link(
            _address(entry.endpoint),
            entry.words,
            entry.area == area if area else _is_here(entry),
            entry.group,
        )
        for entry in MENUS[menu]
        if has_endpoint(entry.endpoint)
        and (viewer is not None or not (entry.roles or entry.signed_in))
        and (viewer is None or not entry.roles or _sees(viewer, entry))
    ]


def groups(found: Sequence[Link]) -> list[tuple[str, list[Link]]]:
    """Return links under their headings, an empty one for those that stand alone."""
    return [(words, list(each)) for words, each in groupby(found, key=attrgetter("group"))]


def _sees(viewer: Viewer, entry: Entry) -> bool:
    """Return whether somebody holds a role that a line is for."""
    return any(
        viewer.holds_everywhere(role)
        if entry.of_country and role in UNIT_ROLES
        else viewer.holds(role)
        for role in entry.roles
    )


def _is_here(entry: Entry) -> bool:
    """Return whether this page belongs to a line: by its area, else by its blueprint."""
    if entry.area:
        return not {entry.area, *entry.also}.isdisjoint(request.path.split("/")[2:4])
    return request.blueprint == entry.endpoint.split(".")[0] and (
        "administer" not in request.path or request.endpoint == entry.endpoint
    )


def home_url() -> str:
    """Return where the emblem leads: the learner's desk, or the front page before sign-in."""
    wanted = "desk.home" if g.get("viewer") else "accounts.front"
    return _address(wanted) if has_endpoint(wanted) else f"/{current().code}/"
