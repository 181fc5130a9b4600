"""Who is signed in on this browser.

A session is a row; the browser holds a random token and the row its SHA-256. It ends after
30 minutes without a request (10 on a machine marked shared), after 12 hours in any case, and at
once when the person is disabled or their password is reset.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from flask import Flask, Response, g
from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import parse_cookie
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts.actions import token_hash
from lms.accounts.models import Grant, Identity, Person, SignIn, Unit
from lms.accounts.rules import ended_by_time, initials
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.viewer import Role, Viewer
from lms.tables import AnyRow
from lms.web import cookies
from lms.web.csrf import SESSION
from lms.web.pages import site

log = logging.getLogger("lms.accounts")

SEEN_EVERY = timedelta(minutes=1)

# One row for each role that the person holds today, one without a role for everybody else: a
# query of its own for the roles would be one more on every page of an administrator.
_BY_TOKEN = (
    select(
        SignIn.id,
        SignIn.person_id,
        SignIn.machine,
        SignIn.choosing,
        SignIn.made_at,
        SignIn.seen_at,
        SignIn.ended_at,
        SignIn.ended_because,
        SignIn.second_factor_at,
        Person.status,
        Identity.name,
        Identity.name_latin,
        Identity.language,
        Identity.service_number,
        Grant.role,
        Grant.course_id,
        Unit.path,
    )
    .join(Person, Person.id == SignIn.person_id)
    .join(Identity, Identity.person_id == SignIn.person_id)
    .outerjoin(
        Grant,
        and_(
            Grant.person_id == SignIn.person_id,
            Grant.starts_on <= bindparam("today"),
            or_(Grant.ends_on.is_(None), Grant.ends_on >= bindparam("today")),
        ),
    )
    .outerjoin(Unit, Unit.id == Grant.unit_id)
    .where(SignIn.token_hash == bindparam("token_hash"))
)


def is_live(row: AnyRow, now: datetime) -> bool:
    """Return whether this session still counts at ``now``."""
    return _stands(row) and ended_by_time(row.machine, row.made_at, row.seen_at, now) is None


def run_out() -> tuple[AnyRow, str] | None:
    """Return this browser's session row and "idle" or "absolute" when time alone has ended it.

    A session that was signed out, or that disabling or a reset has ended, is None.
    """
    row = g.get("session_row")
    if row is None or not _stands(row):
        return None
    why = ended_by_time(row.machine, row.made_at, row.seen_at, clock.now())
    return (row, why) if why else None


def choosing() -> AnyRow | None:
    """Return the row of a live session that may only choose a password, else None."""
    row = g.get("session_row")
    return row if row is not None and row.choosing and is_live(row, clock.now()) else None


def give_cookie(response: BaseResponse, token: str) -> None:
    """Let the browser hold a new session."""
    cookies.give(response, SESSION, token)


def take_cookie(response: BaseResponse) -> None:
    """Let the browser forget its session."""
    cookies.take(response, SESSION)


def _stands(row: AnyRow) -> bool:
    return row.ended_at is None and row.status == "active"


def init_app(app: Flask) -> None:
    """Look for the viewer before each request; note after it, once a minute, that it came."""
    app.before_request(_identify)
    app.after_request(_note_seen)


def _rows(token: str, now: datetime) -> list[AnyRow]:
    """Return the rows of ``_BY_TOKEN`` for a cookie's value."""
    asked = {"token_hash": token_hash(token), "today": site().day_of(now)}
    return list(reading().execute(_BY_TOKEN, asked))


def _identify() -> None:
    token = cookies.given(SESSION)
    if not token:
        return
    now = clock.now()
    rows = _rows(token, now)
    if not rows:
        return
    row = g.session_row = rows[0]
    if row.choosing or not is_live(row, now):
        return
    g.viewer = Viewer(
        person_id=row.person_id,
        language=row.language,
        initials=initials(row.name_latin or row.name),
        roles=tuple(Role(each.role, each.path, each.course_id) for each in rows if each.role),
        session_id=row.id,
        machine=row.machine,
        second_factor_at=row.second_factor_at,
    )


def called() -> str:
    """Return name and service number of who is signed in, for a paper that says who made it."""
    return f"{g.session_row.name} ({g.session_row.service_number})"


def _note_seen(response: Response) -> Response:
    viewer, row = g.get("viewer"), g.get("session_row")
    now = clock.now()
    if viewer is None or row is None or now - row.seen_at < SEEN_EVERY:
        return response

    seen = update(SignIn).where(SignIn.id == row.id, SignIn.ended_at.is_(None)).values(seen_at=now)
    try:
        with transaction() as session:
            session.execute(seen)
    except SQLAlchemyError:
        # A full disk or a long writer must not spoil the page that is ready to go.
        log.warning("could not note that session %s was seen", row.id)
    return response


def has_live_session(cookie_header: str) -> bool:
    """Return whether a Cookie header names a session that still lives; for the gate.

    Call it inside an application context. Both names of the cookie are looked for, since the
    gate does not know the scheme. Roles, and so the clocks of the country, do not matter here.
    """
    sent = parse_cookie(cookie_header)
    for name in (cookies.HOST_PREFIX + SESSION, SESSION):
        token = sent.get(name)
        if not token:
            continue
        rows = _rows(token, clock.now())
        if rows and is_live(rows[0], clock.now()):
            return True
    return False
