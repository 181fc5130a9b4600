"""Key pages in English, Arabic and Kazakh at 360 and 1280 px: ``python -m tests.screenshots``.

Build artefacts to look at, in ``build/screenshots``; nothing compares them. ``readme`` as an
argument writes docs/screenshot.png anew, the one picture that is kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser

from tests.chromium import open_chromium
from tests.journeys.conftest import AT_STATION
from tests.journeys.house import House, make_seed, serving

ROOT = Path(__file__).resolve().parent.parent
SIZES = {360: 740, 1280: 900}
LANGUAGES = ("en", "ar", "kk")
COURSE = "/courses/mandela-rules"


def main(arguments: list[str]) -> int:
    """Take the pictures; return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        make_seed(Path(folder) / "seed")
        with (
            serving(Path(folder) / "seed", Path(folder) / "data") as house,
            open_chromium(AT_STATION) as chromium,
        ):
            if arguments == ["readme"]:
                _for_readme(chromium, house)
            else:
                _all(chromium, house, ROOT / "build" / "screenshots")
    return 0


def _all(chromium: Browser, house: House, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    amina, chipo = house.person(), house.person("Chipo Okello")
    house.begun(amina, lessons=4)
    quiz = house.test(chipo)
    pages: Mapping[str, tuple[str, str | None]] = {
        "sign-in": ("/", None),
        "home": ("/home", amina.token),
        "course": (COURSE, amina.token),
        "lesson": (f"{COURSE}/MR-1.3", amina.token),
        "print": (f"{COURSE}/MR-1.3/print", amina.token),
        "test": (f"{COURSE}/tests/post", chipo.token),
        "quiz": (f"/tests/{quiz}", chipo.token),
        "unanswered": (f"/tests/{quiz}/unanswered", chipo.token),
        "computer": ("/this-computer", amina.token),
        "my-data": ("/my-data", amina.token),
        "check": ("/v", None),
    }
    for name, (path, token) in pages.items():
        for language in LANGUAGES:
            for width in SIZES:
                file = target / f"{name}-{language}-{width}.png"
                _picture(chromium, house, f"/{language}{path}", token, width, file)
        dark = target / f"{name}-en-360-dark.png"
        _picture(chromium, house, f"/en{path}", token, 360, dark, dark=True)
        print(f"{name}: {target / name}-…png")


def _picture(
    chromium: Browser,
    house: House,
    path: str,
    token: str | None,
    width: int,
    file: Path,
    *,
    dark: bool = False,
    whole: bool = True,
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme="dark" if dark else "light",
    )
    if token:
        context.add_cookies([{"name": "sid", "value": token, "url": house.loopback}])
    page = context.new_page()
    answer = page.goto(house.loopback + path)
    if answer is None or answer.status != 200:
        raise SystemExit(f"{path}: {answer.status if answer else 'no answer'}")
    page.screenshot(path=file, full_page=whole)
    context.close()


def _for_readme(chromium: Browser, house: House) -> None:
    """One picture of three: a phone in English, a PC in Arabic, a phone with a test."""
    amina, chipo = house.person(), house.person("Chipo Okello")
    house.begun(amina, lessons=4)
    with tempfile.TemporaryDirectory() as folder:
        shots = Path(folder)
        quiz = f"/en/tests/{house.test(chipo)}"
        _picture(
            chromium, house, f"/en{COURSE}/MR-1.3", amina.token, 360, shots / "a.png", whole=False
        )
        _picture(
            chromium, house, f"/ar{COURSE}/MR-1.3", amina.token, 1280, shots / "b.png", whole=False
        )
        _picture(chromium, house, quiz, chipo.token, 360, shots / "c.png", whole=False)
        html = (
            "<body style='margin:0;background:#cfd6da;display:flex;gap:20px;padding:20px;"
            "align-items:center;width:1180px'>"
            "<img src='a.png' width=270><img src='b.png' width=600><img src='c.png' width=270>"
        )
        (shots / "all.html").write_text(html)
        page = chromium.new_page(viewport={"width": 1220, "height": 600})
        page.goto((shots / "all.html").as_uri())
        page.screenshot(path=ROOT / "docs" / "screenshot.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
