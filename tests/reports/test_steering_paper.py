"""The sheet for the steering committee: heads that can be read on paper, what changes later."""

from __future__ import annotations

import itertools
import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lms.installation import Installation
from lms.reports.steering.paper import Sheet, page_data, render
from lms.reports.steering.rules import Body, Entry
from lms.reports.steering.tables import changes

DAY = date(2026, 11, 29)
FIGURES = [12, 0, 6, 6, None, None, 23]
# left, top, right, bottom
WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
)
ARABIC = re.compile("[\u0600-\u06ff\ufb50-\ufeff]")
HEADS_AT = range(100, 330)  # points from the top of the page


def body() -> Body:
    groups = {
        "sex": [Entry("f", FIGURES), Entry("m", FIGURES)],
        "rank": [Entry("G1", FIGURES)],
        "function": [Entry("P1", FIGURES)],
        "region": [Entry("N", FIGURES, "place", {"en": "North", "ar": "الشمال"})],
        "facility": [Entry("N1", FIGURES, "place", {"en": "Northgate", "ar": "الباب"})],
    }
    return Body("", {}, "2026-Q3", date(2026, 7, 1), date(2026, 9, 30), FIGURES, groups)


def site() -> Installation:
    return Installation(names={"en": "Service of Corrections", "ar": "مصلحة السجون"})


@pytest.mark.parametrize(
    "languages",
    [
        *itertools.combinations(("en", "fr", "ar", "ru", "kk"), 2),
        ("ar", "en"),
        ("en",),
        ("ru",),
        ("kk",),
    ],
)
def test_no_word_of_a_head_covers_another(tmp_path: Path, languages: tuple[str, ...]) -> None:
    """Beside two languages the columns are narrow: words of neighbours once ran together."""
    path = tmp_path / "sheet.pdf"
    path.write_bytes(render(Sheet(body(), languages, DAY), site()))
    said = subprocess.run(
        ["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    words = [(*map(float, found[:4]), found[4]) for found in WORD.findall(said)]
    # Arabic words are left out: what joins two letters is told as a word of its own.
    heads = [word for word in words if int(word[1]) in HEADS_AT and not ARABIC.search(word[4])]
    assert len(heads) > 9
    covered = [
        (one[4], other[4])
        for one, other in itertools.combinations(heads, 2)
        if one[0] < other[2] - 0.2 and other[0] < one[2] - 0.2 and abs(one[3] - other[3]) < 1
    ]
    assert not covered


def test_what_is_not_arabic_keeps_its_order_in_an_arabic_sheet() -> None:
    sheet = Sheet(body(), ("ar",), DAY, [("Reason", "The list was late.")])
    about = [row["value"][0]["text"] for row in page_data(sheet, site())["about"]]
    # The first day is read first: words stand between the numbers, so the days run as a sentence.
    plain = re.sub("[\u2066\u2069]", "", about[1])
    assert plain == "الربع 3، 2026: من 1 يوليو 2026 إلى 30 سبتمبر 2026"
    assert not re.search(r"\u2066[^\u2069]* ", about[1])
    assert about[-1] == "\u2066The list was late.\u2069"


def test_of_two_sheets_only_the_lines_that_differ_are_told() -> None:
    now, other = body(), [20, 0, 14, 6, None, None, 23]
    groups = {**now.groups, "rank": [Entry("G1", other), Entry("G2", FIGURES)]}
    told = changes(now, replace(now, groups=groups), "en")
    assert [(str(line.label.words), line.values[0]) for line in told.lines] == [
        ("Basic grade: as frozen", 12),
        ("Basic grade: today", 20),
        ("Middle grade: as frozen", 0),
        ("Middle grade: today", 12),
    ]
    assert not changes(now, now, "en").lines
