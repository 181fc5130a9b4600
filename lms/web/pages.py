"""What every template may use, and how the pieces of the web layer are put onto the application."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import Flask, g

from lms.installation import Installation
from lms.kernel.viewer import Viewer
from lms.web import csrf, language
from lms.web.language import EVERY_LANGUAGE, current, locale_of, switch_url


def viewer() -> Viewer:
    """Return the signed-in person; a view behind a permission always has one."""
    found = g.get("viewer")
    if found is None:
        raise RuntimeError("a public view asked for the viewer")
    return found  # type: ignore[no-any-return]


def site() -> Installation:
    """Return what this installation has decided."""
    return g.get("site") or Installation()


def shown_date(day: date) -> str:
    """Return a day in words: 14 March 2026, in the reader's language."""
    return dates.format_date(day, "long", locale=locale_of(current().code, site().country))


def shown_time(moment: datetime) -> str:
    """Return the hour and minute of a moment on the clocks of this country."""
    here = moment.astimezone(ZoneInfo(site().time_zone))
    return f"{here:%H:%M}"


def shown_moment(moment: datetime) -> str:
    """Return day and time of a moment on the clocks of this country."""
    here = moment.astimezone(ZoneInfo(site().time_zone))
    return f"{shown_date(here.date())}, {here:%H:%M}"


def shown_number(number: float) -> str:
    """Return a number with this locale's separators."""
    return numbers.format_decimal(number, locale=locale_of(current().code, site().country))


@cache
def build_tag() -> str:
    """Return what changes with every build: part of each ETag, so that new templates are seen.

    A digest over the templates and catalogues as they lie on the disk, made once a process.
    """
    here = Path(__file__).resolve().parent.parent
    found = hashlib.sha256()
    for path in sorted((*here.glob("*/templates/**/*.html"), *language.CATALOGUES.glob("**/*.po"))):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


class _Token:
    """The CSRF token, made only when a page prints it: a page without a form sets no cookie."""

    def __str__(self) -> str:
        return csrf.token()

    __html__ = __str__


def init_app(app: Flask) -> None:
    """Give templates their globals and filters."""
    language.init_app(app)
    app.jinja_env.filters.update(
        date=shown_date, time=shown_time, moment=shown_moment, number=shown_number
    )
    app.jinja_env.globals.update(say=language.say)

    @app.context_processor
    def shared() -> dict[str, object]:
        installed = site()
        return {
            "site": installed,
            "language": current(),
            "languages": [EVERY_LANGUAGE[code] for code in installed.languages],
            "switch_url": switch_url,
            "viewer": g.get("viewer"),
            "csrf_token": _Token(),
            "masked_token": csrf.masked_token,
            "demo": app.config["DEMO"],
        }
