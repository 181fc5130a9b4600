"""Closed unless marked: every route says who may open it, else the application does not start."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from flask import Flask, abort, g, request

View = TypeVar("View", bound=Callable[..., Any])


class Permission(Enum):
    """Who may call a route. Which rows they then see is decided by the query, not here."""

    PUBLIC = "public"  # nobody needs to sign in; listed in tests/web/test_permissions.py
    LEARN = "learn"  # everyone who is signed in
    ADMINISTER = "administrator"
    TEACH = "trainer"


PUBLIC, LEARN = Permission.PUBLIC, Permission.LEARN
ADMINISTER, TEACH = Permission.ADMINISTER, Permission.TEACH


def permission(mark: Permission) -> Callable[[View], View]:
    """Mark a view with who may call it. Write it directly above the function."""

    def attach(view: View) -> View:
        # A function carries attributes; the type of a view does not say so.
        view.permission = mark  # type: ignore[attr-defined]
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


def check_permission() -> None:
    """Let the request go on, or answer it: 401 asks to sign in, 404 hides what is not for you."""
    if request.endpoint is None:
        return
    from flask import current_app

    mark = permission_of(current_app, request.endpoint)
    if mark is Permission.PUBLIC:
        return
    viewer = g.get("viewer")
    if viewer is None:
        abort(401)
    if mark is not Permission.LEARN and (mark is None or not viewer.holds(mark.value)):
        abort(404)
