"""Closed unless marked: every route says who may open it, else the application does not start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.kernel import clock
from lms.kernel.viewer import COURSE_ROLES

View = TypeVar("View", bound=Callable[..., Any])


class Permission(Enum):
    """Who may call a route. Which rows they then see is decided by the query, not here."""

    PUBLIC = "public"  # nobody needs to sign in; listed in tests/web/test_permissions.py
    LEARN = "learn"  # everyone who is signed in
    ADMINISTER = "administer"
    LOOK_AFTER = "look after"  # reads people's pages: administrators and inspectors
    REPORT = "report"  # reads figures without names: administrators and observers
    TEACH = "teach"
    WRITE = "write"  # works on courses: whoever holds a role at one, and the country's office


PUBLIC, LEARN = Permission.PUBLIC, Permission.LEARN
ADMINISTER, LOOK_AFTER, REPORT, TEACH, WRITE = (
    Permission.ADMINISTER, Permission.LOOK_AFTER, Permission.REPORT, Permission.TEACH,
    Permission.WRITE,
)  # fmt: skip

# Any of these roles opens a page with the mark; the second factor is asked for first.
ROLES: Mapping[Permission, tuple[str, ...]] = {
    ADMINISTER: ("administrator",),
    LOOK_AFTER: ("administrator", "inspector"),
    REPORT: ("administrator", "observer"),
    TEACH: ("trainer",),
    WRITE: (*sorted(COURSE_ROLES), "administrator"),
}

# Before a dangerous step the second factor is asked again when the last proof is older. Its page
# is asked sooner than what that page sends, so that nothing typed meanwhile is lost.
FRESH_FOR_PAGE = timedelta(minutes=10)
FRESH_FOR_SENDING = timedelta(minutes=25)
# The page that asks, by its endpoint: it belongs to a feature above this one.
ASK_FOR_FACTOR = "factor.ask"


def permission(mark: Permission, *, fresh: bool = False) -> Callable[[View], View]:
    """Mark a view with who may call it. Write it directly above the function.

    fresh  whether it is a dangerous step, before which the second factor is asked again.
    """

    def attach(view: View) -> View:
        # A function carries attributes; the type of a view does not say so.
        view.permission = mark  # type: ignore[attr-defined]
        view.fresh = fresh  # type: ignore[attr-defined]
        return view

    return attach


class UnmarkedRouteError(RuntimeError):
    """A route declares no permission."""


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """Return the mark of the view behind ``endpoint``, None when it has none."""
    return getattr(app.view_functions[endpoint], "permission", None)


def require_marks(app: Flask) -> None:
    """Refuse to start while any route declares no permission.

    raises UnmarkedRouteError naming every such route.
    """
    unmarked = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if permission_of(app, rule.endpoint) is None
    )
    if unmarked:
        raise UnmarkedRouteError("no permission declared: " + ", ".join(unmarked))


def check_permission() -> ResponseReturnValue | None:
    """Let the request go on, or answer it: 401 asks to sign in, 404 hides what is not for you.

    What needs a role needs a second factor too, once a session, and again for a fresh mark: then
    the answer leads to the page that asks, which leads back here.
    """
    if request.endpoint is None:
        return None
    mark = permission_of(current_app, request.endpoint)
    if mark is PUBLIC:
        return None
    viewer = g.get("viewer")
    if viewer is None:
        abort(401)
    if mark is LEARN:
        return None
    if mark is None or not any(viewer.holds(role) for role in ROLES[mark]):
        abort(404)
    fresh = getattr(current_app.view_functions[request.endpoint], "fresh", False)
    reading = request.method in {"GET", "HEAD"}
    lives = FRESH_FOR_PAGE if reading else FRESH_FOR_SENDING
    proved = viewer.second_factor_at
    if proved is not None and not (fresh and clock.now() - proved > lives):
        return None
    back = request.full_path.rstrip("?") if reading else request.path
    return redirect(url_for(ASK_FOR_FACTOR, next=back), 303)
