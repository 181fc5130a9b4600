"""QR codes read by the script of the offline page: every version and level, damage, photos."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Iterator
from typing import Any

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page

from lms.certificates import offline_page
from tests.certificates import photos
from tests.certificates.test_offline_page import needs_chromium
from tests.chromium import open_chromium
from tests.signing.office import qr_text

pytestmark = [pytest.mark.browser, needs_chromium]

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
SMALL = "HTTPS://LEARN.EXAMPLE/V/7K3M9QTR2XWP"
READ = """async (shown) => {
  const picture = new Image();
  picture.src = shown;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  const drawing = canvas.getContext("2d");
  drawing.drawImage(picture, 0, 0);
  return photo.read(drawing.getImageData(0, 0, canvas.width, canvas.height),
    (text) => text.startsWith("LMSC1:"));
}"""
DECODE = """(codes) => codes.map((rows) => photo.decode(
  rows.split(" ").map((row) => Array.from(row, (module) => module === "1"))))"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with open_chromium() as browser:
        page = browser.new_page()
        page.set_content("<p>Photos</p>")
        page.add_script_tag(content=(offline_page.PARTS / "photo.js").read_text("utf-8"))
        yield page


def read(page: Page, picture: Image.Image) -> list[str]:
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=85)
    shown = "data:image/jpeg;base64," + base64.b64encode(kept.getvalue()).decode()
    found: list[str] = page.evaluate(READ, shown)
    return found


def code(
    text: str, level: str, version: int | None = None, mask: int | None = None
) -> list[list[bool]]:
    """Return the modules of a code. Without a mask all eight are tried out, which takes long."""
    made = segno.make(
        text,
        error=level,
        version=version,
        mask=mask,
        micro=False,
        boost_error=False,
        encoding="utf-8",
    )
    return [[bool(module) for module in row] for row in made.matrix]


def decoded(page: Page, codes: list[list[list[bool]]]) -> list[Any]:
    """Return what the page reads; the modules go there as text, which is sent in a moment."""
    sent = [" ".join("".join("01"[module] for module in row) for row in rows) for rows in codes]
    found: list[Any] = page.evaluate(DECODE, sent)
    return found


@pytest.mark.parametrize("level", ["l", "m", "q", "h"])
def test_a_code_of_every_version_is_read(page: Page, level: str) -> None:
    chance = random.Random(level)
    share = {"l": 1.0, "m": 0.8, "q": 0.55, "h": 0.4}[level]
    texts, codes = [], []
    for version in range(1, 41):
        length = max(4, int((version * version * 0.35 + 3 * version) * share))
        kind = chance.choice([LETTERS, "0123456789", "abcdefgh"])
        text = "".join(
            chance.choice(kind) for _ in range(length if kind != "abcdefgh" else length // 2)
        )
        texts.append(text)
        codes.append(code(text, level, version, mask=(version + "lmqh".index(level)) % 8))
    assert decoded(page, codes) == texts


def test_letters_of_every_script_are_read(page: Page) -> None:
    texts = ["سجن", "тюрьма", "Қазақстан", "déjà vu", "A1", "00700"]
    assert decoded(page, [code(text, "m") for text in texts]) == texts


def test_damage_is_mended_up_to_what_the_level_holds_and_never_guessed(page: Page) -> None:
    text, chance = qr_text(), random.Random(5)
    damaged = []
    for places in (5, 20, 60):
        rows = code(text, "m")
        for _ in range(places):
            y, x = chance.randrange(9, len(rows) - 9), chance.randrange(9, len(rows) - 9)
            rows[y][x] = not rows[y][x]
        damaged.append(rows)
    noise = [[chance.random() < 0.5 for _ in range(89)] for _ in range(89)]
    assert decoded(page, damaged) == [text] * 3
    assert decoded(page, [noise, [[False] * 21] * 21]) == [None, None]


@pytest.mark.parametrize("turned", [0, 7, -20, 45, 90, 180, 263])
@pytest.mark.parametrize("tilted", [0, 0.15])
def test_a_photo_is_read_however_the_paper_lies(page: Page, turned: float, tilted: float) -> None:
    text = qr_text()
    assert text in read(page, photos.taken([text, SMALL], turned=turned, tilted=tilted))


def test_a_large_photo_is_read_as_well(page: Page) -> None:
    text = qr_text()
    assert text in read(page, photos.taken([text, SMALL], turned=12, tilted=0.1, size=(4000, 3000)))


def test_a_photo_without_a_code_gives_nothing(page: Page) -> None:
    assert read(page, photos.wall()) == []
