"""The language of a page: from its address, with its direction, its locale and its sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, abort, current_app, g, has_app_context, request, url_for
from markupsafe import Markup
from werkzeug.local import LocalProxy
from werkzeug.routing import BaseConverter

from lms.installation import LANGUAGE_NAMES, LANGUAGES, RIGHT_TO_LEFT, Installation
from lms.kernel.messages import BETWEEN, Message, Size, Words, minute_of, msg
from lms.kernel.named import name_in
from lms.tables import AnyRow
from lms.web import cookies
from lms.web.sentences import Sentences

CATALOGUES = Path(__file__).resolve().parent.parent.parent / "translations"
COOKIE = "language"
# How the address of a page begins. Other first segments belong to nobody's page.
IN_LANGUAGE = "/<language:language>"


@dataclass(frozen=True, slots=True)
class Language:
    """One language as a page shows it."""

    code: str

    @property
    def dir(self) -> str:
        """``rtl`` or ``ltr``."""
        return direction_of(self.code)

    @property
    def name(self) -> str:
        """The language's own name for itself."""
        return LANGUAGE_NAMES[self.code]


EVERY_LANGUAGE: Mapping[str, Language] = {code: Language(code) for code in LANGUAGES}


class LanguageConverter(BaseConverter):
    """The first segment of an address. Werkzeug's ``any`` keeps the choices once an address."""

    regex = f"(?:{'|'.join(LANGUAGES)})"

    def to_url(self, value: str) -> str:
        """Return the code of a language as an address has it."""
        return value


def current() -> Language:
    """Return the language of this request."""
    return EVERY_LANGUAGE[g.get("language", "en")]


@cache
def locale_of(language: str, country: str) -> Locale:
    """Return the locale for numbers and dates: ``ar_TN`` where CLDR has it, else ``ar``.

    English without a country of its own is British: day before month, as in all our countries.
    """
    try:
        return Locale.parse(f"{language}_{country.upper()}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB" if language == "en" else language)


@cache
def _catalogue(language: str) -> Sentences:
    # Read when a language is first asked for (10 milliseconds, once a process): there is no
    # compiled file that could be old, and nothing to build.
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    return Sentences(path if path.exists() else None)  # English: the sentences in the code


def forget_catalogues() -> None:
    """Let go of every catalogue: each is read again when somebody next asks for its language."""
    _catalogue.cache_clear()


@cache
def _safe_sentence(language: str, msgid: str, *, whole: bool) -> Markup:
    # Our own catalogue, checked by the build: it may hold markup, the values may not and are
    # escaped by Markup's % when they are put in. Asking gettext each time costs as much as all
    # SQL of a page; the table fills itself and holds at most the catalogue.
    said = _catalogue(language).said(msgid)
    return Markup(said.replace("%%", "%") if whole else said)  # noqa: S704


def _in_template(msgid: str, /, **values: object) -> Markup:
    """Say a sentence in a template. Jinja's own way does three times the work for each."""
    code = g.get("language", "en")
    if not values:
        return _safe_sentence(code, msgid, whole=True)
    return _safe_sentence(code, msgid, whole=False) % values


def _number_in_template(one: str, many: str, n: int, /, **values: object) -> Markup:
    """Say the form of a sentence that fits ``n`` in a template."""
    said = _catalogue(g.get("language", "en")).counted(one, many, n)
    return Markup(said) % {"num": n, **values}  # noqa: S704


def _in_another_language(msgid: str, language: str) -> Markup:
    """Say a sentence in a language that is not the page's: a slip that somebody else will read."""
    return _safe_sentence(language, msgid, whole=True)


def gettext(msgid: str, /, **values: object) -> str:
    """Return the sentence in the reader's language with its named values put in."""
    said = _catalogue(current().code).said(msgid)
    return said % values if values else said.replace("%%", "%")


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """Return the form of the sentence that fits ``n``, which is also the value ``num``."""
    said = _catalogue(current().code).counted(one, many, n)
    return said % {"num": n, **values}


def lazy_gettext(msgid: str) -> str:
    """Return ``msgid`` said anew for each request: a form is described only once a process."""
    return cast("str", LocalProxy(partial(gettext, msgid)))


def sentence(msgid: str, language: str) -> str:
    """Return a sentence of the catalogue in ``language`` with its ``%(name)s`` still in it."""
    return _catalogue(language).said(msgid)


def plural_sentence(one: str, many: str, n: int, language: str) -> str:
    """Return the form that fits ``n`` in ``language`` with its ``%(name)s`` still in it."""
    return _catalogue(language).counted(one, many, n)


def say(message: Message, language: str | None = None) -> str:
    """Return what pure code wanted to tell, in ``language`` or the reader's."""
    code = language or current().code
    values = {name: _value(value, code) for name, value in message.values.items()}
    if message.many:
        num = cast("int", message.values["num"])
        said = _catalogue(code).counted(message.msgid, message.many, num)
    else:
        said = _catalogue(code).said(message.msgid)
    if any(isinstance(value, Markup) for value in values.values()):
        said = Markup(said)  # noqa: S704 -- our own catalogue; the other values are escaped
    return said % values


def _value(value: object, code: str) -> object:
    """Return a value of a sentence in ``code``: HTML where part of it is in another language."""
    if isinstance(value, Message):
        return say(value, code)
    if isinstance(value, datetime):
        return moment_in(code, value) if _site() else minute_of(value)
    if isinstance(value, date):
        return day_of(value, code)
    if isinstance(value, Size):
        return size_in(code, value)
    if isinstance(value, Words):
        return value.text if value.language == code else _marked(value.text, value.language)
    if isinstance(value, tuple):
        parts = [_value(each, code) for each in value]
        listed = any(isinstance(each, Markup) for each in parts)
        between = Markup(BETWEEN) if listed else BETWEEN  # noqa: S704 -- our own dot
        return between.join(map(_same, parts))
    return value


def _site() -> Installation | None:
    """Return what this installation has decided, None where no page is shown: in the worker."""
    return g.get("site") if has_app_context() else None


def day_in(code: str, day: date, site: Installation | None = None) -> str:
    """Return a day in words: 14 March 2026, in a language.

    site  where no page is shown, in the worker: months have other names in other countries.
    """
    installed = site or _site() or Installation()
    return format_date(day, "long", locale=locale_of(code, installed.country))


def moment_in(code: str, moment: datetime) -> str:
    """Return day and time of a moment on the clocks of this country, in a language."""
    installed = _site() or Installation()
    here = moment.astimezone(ZoneInfo(installed.time_zone))
    # Translators: a day and an hour, 14 March 2026, 14:32; only the comma between them is yours.
    return sentence(msg("%(day)s, %(time)s"), code) % {
        "day": day_in(code, here.date()),
        "time": f"{here:%H:%M}",
    }


def size_in(code: str, size: Size) -> str:
    """Return an amount of bytes with the number and the unit of a language: 1,2 Go."""
    installed = _site() or Installation()
    amount, unit = size.parts
    locale = locale_of(code, installed.country)
    number = format_decimal(amount, "#,##0.0", locale=locale)
    # Translators: an amount of bytes on a disk, in units of a thousand million.
    said = msg("%(size)s GB") if unit == "GB" else msg("%(size)s MB")
    # The space does not break: at the end of a line a number keeps its unit.
    return (sentence(said, code) % {"size": number}).replace(" ", "\N{NO-BREAK SPACE}")


def day_of(day: date, code: str) -> str:
    """Return a day as files and lists say it, 2026-11-24, as one run where lines go to the left."""
    return f"\u2066{day.isoformat()}\u2069" if direction_of(code) == "rtl" else day.isoformat()


def _same(value: object) -> str:
    return value if isinstance(value, str) else str(value)


def titled(text: str, code: str | None = None) -> str:
    """Return a title for a template, marked where it is in another language than the page.

    code   the language that it is in; None and empty: that of the page.
    """
    return text if not code or code == current().code else _marked(text, code)


def course_title(row: AnyRow) -> str:
    """Return the title of a course for a template, marked as ``titled`` does.

    row   with ``title``, and as ``text`` the facts of its ``EditionText``.
    """
    return titled(row.title, row.text.get("said_in", {}).get("course"))


def _marked(text: str, code: str) -> Markup:
    return Markup('<bdi lang="%s" dir="%s">%s</bdi>') % (code, direction_of(code), text)


def direction_of(code: str) -> str:
    """Return ``rtl`` or ``ltr`` for any language, also one that the pages do not speak."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"


def init_app(app: Flask) -> None:
    """Read the language from each address, write it into each address, give it to templates."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals.update(
        _=_in_template,
        gettext=_in_template,
        ngettext=_number_in_template,
        in_language=_in_another_language,
        titled=titled,
        course_title=course_title,
        name_in=lambda names, code: name_in(names, current().code, code),
    )
    app.url_map.converters["language"] = LanguageConverter
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)


def _take_language(endpoint: str | None, values: dict[str, object] | None) -> None:
    if values and any("\0" in str(value) for value in values.values()):
        # PostgreSQL takes no such text, and nothing of ours is called so.
        g.language = preferred()
        abort(404)
    if values and "language" in values:
        asked = str(values.pop("language"))
        if asked not in LANGUAGES:
            g.language = preferred()
            abort(404)
        g.language = asked
    else:  # an address without a language may name one: /first-run/<code>?language=ar
        # One that is no page's may begin with one: its reader is told so in that language.
        asked = request.args.get("language", "") or request.path.split("/")[1]
        g.language = asked if asked in LANGUAGES else preferred()


def _give_language(endpoint: str, values: dict[str, object]) -> None:
    if "language" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values["language"] = g.get("language", "en")


def preferred(person_language: str | None = None) -> str:
    """Return the language for an address without one: the person's, the cookie's, the browser's."""
    if person_language in LANGUAGES:
        return str(person_language)
    remembered = cookies.given(COOKIE)
    if remembered in LANGUAGES:
        return str(remembered)
    for asked, _quality in request.accept_languages:
        # ar-TN is Arabic: werkzeug's own best_match would pass it over for a plain "fr".
        if asked.partition("-")[0].lower() in LANGUAGES:
            return asked.partition("-")[0].lower()
    return "en"


def switch_url(code: str, page: str | None = None) -> str:
    """Return the address of this page in another language, with the same query.

    page  the endpoint that shows this page, where it is shown under another page's address.
    """
    if page:
        return url_for(page, language=code)
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()):
        return f"/{code}/"
    if "language" not in rule.arguments:
        return f"{quote(request.path)}?language={code}"
    query = request.query_string.decode("latin-1")
    address = quote(in_language(request.path, code))
    return f"{address}?{query}" if query else address


def in_language(path: str, code: str) -> str:
    """Return a path of this host in another language; one that names no language stays."""
    first, _, rest = path.removeprefix("/").partition("/")
    return f"/{code}/{rest}" if first in LANGUAGES else path


def asked_language() -> str | None:
    """Return the language that the menu of a page with a form asks for; None for other requests.

    The menu's buttons send the whole form with it, so that nothing that was typed is lost.
    """
    button, _, code = request.values.get("go", "").partition("-")
    return code if button == "language" and code in LANGUAGES else None
