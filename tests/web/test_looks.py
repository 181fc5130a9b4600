"""The looks: colours that can be read, both directions, small files, pages that keep promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Blueprint, Flask, flash, g, render_template, render_template_string
from jinja2 import FileSystemLoader
from playwright.sync_api import Page, Route
from wtforms import BooleanField, Form, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from lms.installation import LANGUAGES, Installation
from lms.kernel.messages import Message
from lms.kernel.viewer import Role, Viewer
from lms.web import csrf, menu, pages
from lms.web.markup import safe_parts
from tests.chromium import open_chromium
from tests.promises import broken_promises

WEB = Path(pages.__file__).resolve().parent
CSS = "\n".join(path.read_text("utf-8") for path in sorted((WEB / "static/site.css").glob("*.css")))
SCRIPT = "\n".join(path.read_text("utf-8") for path in sorted((WEB / "static/js").glob("*.js")))
DECLARATIONS = re.findall(r"[{;]\s*(-{0,2}[a-z][\w-]*)\s*:([^;{}]+)", CSS)

# What stands on what, and the least contrast of the two (ux.md, section 3).
PAIRS = (
    ("ink", "paper", 7), ("ink", "sheet", 7), ("ink", "soft", 7),
    ("ink2", "paper", 4.5), ("ink2", "sheet", 4.5), ("ink2", "sunk", 4.5), ("ink2", "soft", 4.5),
    ("ink2", "warn-bg", 4.5), ("link", "paper", 4.5), ("link", "sheet", 4.5),
    ("link", "warn-bg", 4.5), ("link", "soft", 4.5), ("brand-ink", "brand", 7),
    ("band", "brand", 3), ("accent", "paper", 3), ("accent", "sheet", 3), ("line2", "paper", 3),
    ("line2", "sheet", 3), ("done", "sheet", 3), ("edge", "paper", 3), ("edge", "sheet", 3),
    ("ok", "ok-bg", 4.5), ("ok", "sheet", 4.5), ("ok", "paper", 4.5), ("ink", "ok-bg", 4.5),
    ("warn", "warn-bg", 4.5), ("warn", "sheet", 4.5), ("warn", "paper", 4.5),
    ("ink", "warn-bg", 4.5), ("bad", "bad-bg", 4.5), ("bad", "sheet", 4.5), ("bad", "paper", 4.5),
    ("ink", "bad-bg", 4.5),
)  # fmt: skip


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):([^;}]+)", block))


def themes() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every set of colours that a page can have: light and dark, here and in a country."""
    plain = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    light = tokens(re.search(r"^:root\{(.*?)\}", plain, re.DOTALL | re.MULTILINE)[1])  # type: ignore[index]
    dark = light | tokens(re.search(r":root:not\(\.paper\)\{(.*?)\}", plain, re.DOTALL)[1])  # type: ignore[index]
    yield "light", light
    yield "dark", dark
    for country, block in re.findall(r"\[data-country=(\w+)\]\{(.*?)\}", plain, re.DOTALL):
        yield f"{country} light", light | tokens(block)
        yield f"{country} dark", dark | tokens(block)


THEMES = dict(themes())


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance, of ``#rrggbb``."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(theme: str, one: str, other: str) -> float:
    def shown(name: str) -> str:
        value = THEMES[theme][name]
        alias = re.fullmatch(r"var\(--([\w-]+)\)", value)
        return shown(alias[1]) if alias else value

    high, low = sorted((luminance(shown(one)), luminance(shown(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("one", "other", "least"), PAIRS)
def test_colours_can_be_told_apart(theme: str, one: str, other: str, least: float) -> None:
    assert contrast(theme, one, other) >= least


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_table_of_contrasts_in_the_documentation_is_the_measured_one(theme: str) -> None:
    text = (WEB.parent.parent / "docs/design.md").read_text("utf-8")
    column = {"light": 0, "dark": 1}[theme]
    rows = re.findall(r"^\| `([\w-]+)` on `([\w-]+)` \| ([\d.]+) / ([\d.]+) \|", text, re.MULTILINE)
    assert len(rows) == len(PAIRS)
    for one, other, *measured in rows:
        assert float(measured[column]) == pytest.approx(contrast(theme, one, other), abs=0.051)


def test_both_directions_need_one_stylesheet() -> None:
    physical = re.compile(r"(^|-)(left|right|top|bottom)($|-)|^(min-|max-)?(width|height)$")
    sides = re.compile(r"\b(left|right)\b")
    assert [
        (name, value)
        for name, value in DECLARATIONS
        if physical.search(name) or sides.search(value)
    ] == []


def test_nothing_comes_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert not re.search(r"https?:|[\"'(]//\w", CSS + SCRIPT)


def test_the_files_of_every_page_are_small(shell: Flask) -> None:
    def size(name: str) -> int:
        served = pages.static_files(shell)
        return len(served.answer(served.url(name), "GET", "br", "").body)

    headers = 300  # of a static file, as browsers get them
    assert size("site.css") + headers <= 6000
    assert size("js/page.js") + headers <= 2000
    assert size("js/quiz.js") + headers <= 4000


def test_every_used_token_exists() -> None:
    assert set(re.findall(r"var\(--([\w-]+)", CSS)) <= set(THEMES["light"]) | {"font", "lh"}


# ---- Templates ---------------------------------------------------------------------------------


def nothing(**_: Any) -> str:
    return ""


@pytest.fixture
def shell(tmp_path: Path) -> Flask:
    """Return an application that has the templates and a few pages, and no database."""
    app = Flask("looks", static_folder=None, template_folder=None)
    app.config.update(
        LMS=SimpleNamespace(data=tmp_path), DEMO=False, SECRET_KEY="a key of this test"
    )
    app.jinja_loader = FileSystemLoader([WEB / "templates"])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    pages.init_app(app)
    for name, rules in {
        "accounts": {"front": "/", "privacy": "/privacy"},
        "desk": {"home": "/home"},
        "admin": {"home": "/admin"},
    }.items():
        blueprint = Blueprint(name, name, url_prefix="/<language>")
        for endpoint, rule in rules.items():
            blueprint.add_url_rule(rule, endpoint, nothing)
        app.register_blueprint(blueprint)
    app.add_url_rule("/<language>/sign-out", "accounts.sign_out", nothing, methods=["POST"])
    return app


def shown(app: Flask, path: str, template: str = "web/error.html", **settings: Any) -> str:
    viewer = settings.pop("viewer", None)
    method = settings.pop("method", "GET")
    with app.test_request_context(path, method=method):
        app.preprocess_request()
        g.site = Installation(names={"en": "Prison Service Academy"})
        g.viewer = viewer
        if settings.pop("flashed", None):
            flash("Saved.")
        if template.endswith(".html"):
            return render_template(template, status=404, text="Nothing is here.", **settings)
        return render_template_string(template, **settings)


def person(*roles: Role) -> Viewer:
    return Viewer(UUID(int=1), "en", "AB", roles)


@pytest.mark.parametrize(
    ("language", "template", "viewer"),
    list(product(LANGUAGES, ["web/error.html", "web/print.html"], [None, person()])),
)
def test_every_shell_keeps_the_promises(
    shell: Flask, language: str, template: str, viewer: Viewer | None
) -> None:
    html = shown(shell, f"/{language}/home", template, viewer=viewer)
    if template == "web/print.html":
        html = html.replace("<main", "<h1>A lesson</h1><main").replace("<title> ", "<title>x ")
    assert broken_promises(html, language) == []


def test_the_shell_leads_home_and_to_every_language(shell: Flask) -> None:
    html = shown(shell, "/ar/home?page=2", viewer=person())
    assert '<html lang="ar" dir="rtl"' in html
    assert 'class="id" href="/ar/home"' in html
    assert 'href="/kk/home?page=2"' in html
    assert 'href="/ar/privacy"' in html
    assert "AB" in html
    assert 'class="id" href="/ar/"' in shown(shell, "/ar/home")


def test_menus_show_what_one_may_open(shell: Flask) -> None:
    assert "/en/admin" not in shown(shell, "/en/home", viewer=person())
    html = shown(shell, "/en/home", viewer=person(Role("administrator", "/")))
    assert 'href="/en/admin"' in html
    assert '<a href="/en/home" aria-current="true">' in html


def test_features_that_are_not_built_are_left_out(shell: Flask) -> None:
    with shell.test_request_context("/en/home"):
        shell.preprocess_request()
        known = [link.url for name in menu.MENUS for link in menu.links(name)]
    assert known == ["/en/home", "/en/privacy"]


def test_sentences_stand_above_and_in_the_page(shell: Flask) -> None:
    assert "net warn" not in shown(shell, "/en/home")
    pages.add_banner(shell, lambda: Message("The clock of the server is wrong."))
    pages.add_banner(shell, lambda: None)
    html = shown(shell, "/en/home", flashed=True)
    assert "The clock of the server is wrong." in html
    assert '<p class="say ok" role="status">Saved.</p>' in html


def test_a_page_that_may_echo_carries_a_masked_token(shell: Flask) -> None:
    def token(path: str, method: str = "GET") -> str:
        found = re.search(r'name="csrf_token" value="(\w+)"', html(path, method))
        assert found is not None
        return found[1]

    def html(path: str, method: str) -> str:
        return shown(shell, path, viewer=person(), method=method)

    plain = len(token("/en/home"))
    assert len(token("/en/home?q=a")) == 2 * plain
    assert len(token("/en/sign-out", "POST")) == 2 * plain
    with shell.test_request_context("/en/home", headers={"Cookie": "sid=a-session"}):
        assert csrf.is_right(csrf.masked_token())


def test_static_files_have_addresses_that_the_gate_serves(shell: Flask) -> None:
    with shell.test_request_context("/"):
        addresses = [pages.static(name) for name in ("site.css", "js/page.js", "emblem.svg")]
        with pytest.raises(LookupError):
            pages.static("nothing.css")
    served = pages.static_files(shell)
    for address in addresses:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address)
        assert served.answer(address, "GET", "br", "").status == 200


def test_only_what_publication_compiled_comes_in_unescaped(shell: Flask) -> None:
    assert safe_parts("<p>a</p>") == safe_parts(["<p>a", "</p>"]) == "<p>a</p>"
    assert shown(shell, "/en/home", "{{ text }}", text="<p>") == "&lt;p&gt;"


# ---- Macros ------------------------------------------------------------------------------------

FORM = (
    '{% from "web/macros/form.html" import field, error_summary %}{{ error_summary(form) }}'
    '{{ field(form.number, hint="On your card.", dir="ltr") }}{{ field(form.kind) }}'
    "{{ field(form.agree) }}{{ field(form.note) }}{{ field(form.unit) }}"
)
STITCHES = '{% from "web/macros/progress.html" import stitches %}{{ stitches(done, total, now) }}'


class Card(Form):  # type: ignore[misc]  # a base without types
    number = StringField("Service number", [InputRequired("Type your service number.")])
    kind = RadioField(
        "This computer is", choices=[SelectChoice("s", "shared"), SelectChoice("o", "my own")]
    )
    agree = BooleanField("The name is right")
    note = StringField("Note", [Optional()])
    unit = SelectField("Unit", choices=[SelectChoice("n", "Northgate")])


def test_a_refused_field_says_why_beside_it_and_at_the_top(shell: Flask) -> None:
    form = Card()
    assert not form.validate()
    html = shown(shell, "/en/home", FORM, form=form)
    assert '<a href="#number">Service number: Type your service number.</a>' in html
    assert 'aria-describedby="number-hint number-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="number-error"' in html
    assert "<legend>This computer is</legend>" in html
    assert html.count('class="opt"') == 3
    assert html.count("(not required)") == 1


def test_a_good_form_has_no_summary(shell: Flask) -> None:
    html = shown(shell, "/en/home", FORM, form=Card())
    assert "say bad" not in html
    assert "aria-invalid" not in html
    assert 'aria-describedby="number-hint"' in html


@pytest.mark.parametrize(
    ("done", "total", "expected"),
    [
        (2, 4, '<i class="d"></i><i class="d"></i><i class="c"></i><i></i>'),
        (20, 30, '<progress value="20" max="30"'),
    ],
)
def test_progress_is_shown_and_said(shell: Flask, done: int, total: int, expected: str) -> None:
    html = shown(shell, "/en/home", STITCHES, done=done, total=total, now=done + 1)
    assert expected in html
    assert f"{done} of {total} lessons are finished" in html


# ---- In Chromium -------------------------------------------------------------------------------

CHECKS = """
<article class="prose flow" data-lesson="MR-1.1" data-place="/en/place">
<div><p class="meta">Lesson 1 of 12</p>
<h1>Қамқорлығыңыздағылардың ешқайсысы азапталмауы керек</h1></div>
<section class="objectives"><h2 id="o">After this lesson you can</h2>
<ul><li>say no</li></ul></section>
<section class="check"><h2 id="c">Check yourself</h2>
<form data-check data-kind="single" data-check-label="Check" data-right-label="Right"
 data-wrong-label="Not quite"><div class="stem" id="q"><p>May an order justify it?</p></div>
<fieldset aria-labelledby="q">
<label class="opt" data-right><input type="radio" name="q" value="a"> <span>No.</span></label>
<label class="opt"><input type="radio" name="q" value="b"> <span>Yes.</span></label>
<label class="row">Days <input name="n" data-answer="15|fifteen" data-tolerance="1"></label>
</fieldset><details class="answer"><summary>Show the answer</summary>
<p class="why" data-for="a">Never.</p><p class="why" data-for="b">An order changes nothing.</p>
</details></form></section></article>
"""
PAGE = (
    '{% extends "web/base.html" %}{% block title %}Everything{% endblock %}{% block main %}'
    + CHECKS
    + '<h2>A form</h2><form class="sheet flow">'
    + FORM
    + '<p><button class="btn">Save</button></p></form>'
    + '<fieldset class="q"><legend>1. Which?</legend><label class="opt"><input type="radio" '
    + 'name="z"><span>This</span></label></fieldset>{% endblock %}'
)
MORNING = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def opened(shell: Flask, chromium: Any) -> Iterator[Opened]:
    """Return a way to open a page with everything in it, in a browser without a server."""
    contexts = []

    def open_page(language: str = "en", wide: int = 360, scheme: str = "light") -> Page:
        form = Card()
        form.validate()
        html = shown(shell, f"/{language}/home", PAGE, viewer=person(), form=form)
        context = chromium.new_context(
            viewport={"width": wide, "height": 740}, color_scheme=scheme, bypass_csp=True
        )
        contexts.append(context)

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix("http://here")
            if path.startswith("/static/"):
                found = pages.static_files(shell).answer(path, "GET", "", "")
                route.fulfill(body=found.body, content_type=dict(found.headers)["content-type"])
            else:
                route.fulfill(body=html, content_type="text/html; charset=utf-8")

        page: Page = context.new_page()
        page.route("**/*", answer)
        page.goto("http://here/")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "scheme"), list(product(["en", "ar"], ["light", "dark"])))
def test_everybody_can_use_the_components(opened: Opened, language: str, scheme: str) -> None:
    page = opened(language, scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["kk", "ar"])
def test_nothing_is_wider_than_the_smallest_phone(opened: Opened, language: str) -> None:
    page = opened(language, wide=320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    low = page.evaluate("[...document.querySelectorAll('.opt, .btn')].map(e => e.offsetHeight)")
    assert min(low) >= 44
    rows = page.evaluate("[...document.querySelectorAll('.opt')].map(e => e.offsetHeight)")
    assert min(rows) >= 52


@pytest.mark.browser
def test_a_lesson_begins_high_on_a_phone(opened: Opened) -> None:
    place = opened("kk").locator(".objectives").bounding_box()
    assert place is not None
    assert place["y"] < 400


@pytest.mark.browser
def test_a_check_says_what_was_right_and_why(opened: Opened) -> None:
    page = opened()
    check = page.get_by_role("button", name="Check", exact=True)
    page.get_by_label("Yes.").check()
    page.get_by_label("Days").fill("١٤")
    check.click()
    assert page.locator(".check .mark").all_inner_texts() == ["✕ Not quite", "✓ Right"]
    assert page.locator(".why.yours").all_inner_texts() == ["An order changes nothing."]
    assert page.evaluate("document.activeElement.className") == "answer"
    page.get_by_label("No.").check()
    assert page.locator(".mark").count() == 0
    check.click()
    assert page.locator(".mark.right").count() == 2


@pytest.mark.browser
def test_escape_closes_a_menu_and_gives_the_focus_back(opened: Opened) -> None:
    page = opened()
    summary = page.locator(".pop > summary").last
    summary.click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".pop[open]").count() == 0
    assert summary.evaluate("e => e === document.activeElement")


@pytest.mark.browser
def test_the_place_of_reading_is_sent_when_the_page_is_put_away(opened: Opened) -> None:
    page = opened()
    page.clock.set_fixed_time(MORNING)
    page.reload()
    page.clock.set_fixed_time(MORNING + timedelta(seconds=3))
    with page.expect_request("**/place") as sent:
        page.evaluate(
            "Object.defineProperty(document, 'hidden', {value: true});"
            "dispatchEvent(new Event('visibilitychange'))"
        )
    body = sent.value.post_data or ""
    assert re.match(
        r"lesson=MR-1.1&section=\w*&seconds=3&page=[0-9]{16,40}&n=1&csrf_token=\w+", body
    )


@pytest.mark.browser
def test_the_focus_goes_to_what_is_wrong(opened: Opened) -> None:
    assert opened().evaluate("document.activeElement.getAttribute('role')") == "alert"


@pytest.mark.browser
def test_answers_that_wait_are_sent_from_any_page(opened: Opened) -> None:
    page = opened()
    assert page.locator("script[src*='/answers.']").count() == 0
    page.evaluate("localStorage.outbox = '1'")
    page.reload()
    assert re.search(
        r"/static/js/answers\.[0-9a-f]{12}\.js$",
        page.evaluate("document.querySelector(\"script[src*='/answers.']\").src"),
    )


def test_no_slip_of_paper_is_cut_off() -> None:
    (printed,) = re.findall(r"\.slip\{[^}]*mm[^}]*\}", CSS)
    assert "min-block-size" in printed
    assert "overflow" not in printed
