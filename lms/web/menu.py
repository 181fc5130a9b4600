"""The links that every page carries: the main menu, the account's, those at the foot."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, request, url_for

from lms.kernel.messages import msg
from lms.web.language import current


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu. ``role`` is who sees it, None for everybody."""

    endpoint: str
    words: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as this page shows it; ``here`` when the page belongs to it."""

    url: str
    words: str
    here: bool


# Features are named by their endpoints; one that this build does not have is left out.
MENUS = {
    "main": (
        Entry("desk.home", msg("Learning")),
        Entry("teaching.home", msg("Teaching"), "trainer"),
        Entry("reports.home", msg("Reports"), "administrator"),
        Entry("admin.home", msg("Administration"), "administrator"),
    ),
    "account": (
        Entry("desk.my_data", msg("My data")),
        Entry("accounts.password", msg("Change the password")),
        Entry("accounts.machine", msg("This computer")),
    ),
    "footer": (
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


def links(menu: str) -> list[Link]:
    """Return the links of ``main``, ``account`` or ``footer`` that the reader of this page has."""
    viewer = g.get("viewer")
    return [
        Link(
            _address(entry.endpoint), entry.words, request.blueprint == entry.endpoint.split(".")[0]
        )
        for entry in MENUS[menu]
        if has_endpoint(entry.endpoint)
        and (entry.role is None or (viewer is not None and viewer.holds(entry.role)))
    ]


def home_url() -> str:
    """Return where the emblem leads: the learner's desk, or the front page before sign-in."""
    wanted = "desk.home" if g.get("viewer") else "accounts.front"
    return _address(wanted) if has_endpoint(wanted) else f"/{current().code}/"
