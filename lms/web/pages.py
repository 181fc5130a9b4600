"""What every template may use, and how the pieces of the web layer are put onto the application."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from babel import numbers
from flask import Flask, Response, current_app, g, request

from lms.installation import Installation
from lms.kernel import clock
from lms.kernel.ids import grouped
from lms.kernel.messages import Message, Size, msg
from lms.kernel.viewer import Viewer
from lms.web import csrf, language, menu
from lms.web.language import EVERY_LANGUAGE, current, locale_of, switch_url
from lms.web.markup import safe_parts
from lms.web.static_files import StaticFiles

FEATURES = Path(__file__).resolve().parent.parent
# One request for the scripts of a page. Lessons lie in the file of every page, since who signs in
# goes on to read; a test has a file of its own.
SCRIPTS = {
    "js/page.js": ("js/find.js", "js/every-page.js", "js/sign-in.js", "js/lesson.js"),
    "js/file.js": ("js/find.js", "js/every-page.js", "js/upload.js"),
    "js/quiz.js": ("js/find.js", "js/every-page.js", "js/answers.js"),
    "js/editor.js": ("js/find.js", "js/every-page.js", "js/write.js", "js/follow.js"),
    "js/single.js": ("js/find.js", "js/lesson.js"),
    "js/translating.js": ("js/find.js", "js/every-page.js", "js/block.js"),
}
_STATIC = "static files"
_BANNERS = "banners"
_making_static = Lock()

DEMO = Message(msg("This is a demonstration: its people and results are invented."))


def viewer() -> Viewer:
    """Return the signed-in person; a view behind a permission always has one."""
    found = g.get("viewer")
    if found is None:
        raise RuntimeError("a public view asked for the viewer")
    # Flask's ``g`` holds anything; session.py puts a Viewer there and nobody else does.
    return found  # type: ignore[no-any-return]


def look_again(response: Response, seconds: int) -> Response:
    """Let the page of ``response`` load itself anew after so many seconds, without a script.

    For pages that show how far some work is and on which nothing can be typed.
    """
    response.headers["Refresh"] = str(seconds)
    return response


def site() -> Installation:
    """Return what this installation has decided."""
    return g.get("site") or Installation()


def today() -> date:
    """Return the day on the clocks of this country."""
    return site().day_of(clock.now())


def shown_date(day: date) -> str:
    """Return a day in words: 14 March 2026, in the reader's language."""
    return language.day_in(current().code, day)


def shown_time(moment: datetime) -> str:
    """Return the hour and minute of a moment on the clocks of this country."""
    here = moment.astimezone(ZoneInfo(site().time_zone))
    return f"{here:%H:%M}"


def shown_moment(moment: datetime) -> str:
    """Return day and time of a moment on the clocks of this country."""
    return language.moment_in(current().code, moment)


def shown_size(size: int) -> str:
    """Return a number of bytes as people read it: 1.2 GB, 340 MB."""
    return language.size_in(current().code, Size(size))


def shown_number(number: float, decimals: int | None = None) -> str:
    """Return a number with this locale's separators; ``decimals``: so many, also where 0."""
    pattern = None if decimals is None else f"#,##0.{'0' * decimals}"
    locale = locale_of(current().code, site().country)
    return numbers.format_decimal(number, pattern, locale=locale)


@cache
def build_tag() -> str:
    """Return what changes with every build: part of each ETag, so that new templates are seen.

    A digest over templates, static files and catalogues on the disk, made once a process.
    """
    found = hashlib.sha256()
    for path in sorted(
        (
            *FEATURES.glob("**/templates/**/*.html"),
            *(path for path in FEATURES.glob("*/static/**/*") if path.is_file()),
            *language.CATALOGUES.glob("**/*.po"),
        )
    ):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def static_files(app: Flask) -> StaticFiles:
    """Return the static files of every feature: the gate serves them, pages name them.

    Read when first asked for, so that a command that shows no page compresses nothing.
    """
    with _making_static:
        if _STATIC not in app.extensions:
            app.extensions[_STATIC] = StaticFiles(
                sorted(FEATURES.glob("*/static")),
                app.config["LMS"].data / "static",
                joined=SCRIPTS,
            )
    found: StaticFiles = app.extensions[_STATIC]
    return found


def static(name: str) -> str:
    """Return the address of a static file, which may be kept for ever: ``static("site.css")``."""
    return static_files(current_app).url(name)


def add_banner(app: Flask, check: Callable[[], Message | None]) -> None:
    """Let ``check`` put a sentence above every page: a wrong clock, a disk that fills up.

    It is asked for each page, so it answers from memory; None shows nothing.
    """
    app.extensions.setdefault(_BANNERS, []).append(check)


def banners() -> list[Message]:
    """Return what stands above every page now."""
    said = [check() for check in current_app.extensions.get(_BANNERS, ())]
    return [sentence for sentence in said if sentence is not None]


class _Token:
    """The CSRF token, made only when a page prints it: a page without a form sets no cookie.

    A page that may echo what somebody put into its address or into a form carries the masked
    token (see ``csrf.masked_token``), without its template having to think of it.
    """

    def __str__(self) -> str:
        echoes = bool(request.query_string) or request.method not in csrf.SAFE
        return csrf.masked_token() if echoes else csrf.token()

    __html__ = __str__


def init_app(app: Flask) -> None:
    """Give templates their globals and filters."""
    language.init_app(app)
    app.jinja_env.filters.update(
        date=shown_date,
        time=shown_time,
        moment=shown_moment,
        number=shown_number,
        size=shown_size,
        grouped=grouped,
        safe_parts=safe_parts,
    )
    app.jinja_env.globals.update(
        say=language.say,
        static=static,
        banners=banners,
        has_endpoint=menu.has_endpoint,
        links=menu.links,
        groups=menu.groups,
        home_url=menu.home_url,
    )
    if app.config["DEMO"]:
        add_banner(app, lambda: DEMO)

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
