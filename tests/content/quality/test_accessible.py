"""Headings, links and tables for readers who hear a page."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.faults import Faults
from lms.content.model import Document
from lms.content.one_file import facts_of, problems
from lms.content.quality.accessible import POINTING, access_findings, access_findings_in
from lms.content.quality.findings import FAULT
from lms.content.quality.report import measure
from lms.content.reader import read_course
from lms.content.stamp import stamp
from lms.kernel.names import folded
from tests.content.quality.planted import block, planted, said
from tests.content.small import COURSE, read, small

TABLE = ("A sentence.", "", "| Who | What |", "|---|---|", "| all | much |")


def found_in(
    *lines: str, path: str = "en/AB-1.1.md", name: str = "section"
) -> list[tuple[str, int]]:
    """Return the codes of what is found in one block, with the lines."""
    document = Document(path, {}, "", (block(*lines, name=name),))
    return [(each.code, each.line) for each in access_findings_in(document)]


def test_the_small_course_stands_in_nobodys_way() -> None:
    assert list(access_findings(read(small()))) == []


# ---- Headings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["### Closer", "> ### Closer", "Number #1 of 3", "- #1 of the list", "#1", "C# and ## signs"],
)
def test_a_heading_inside_a_part_passes(line: str) -> None:
    assert found_in(line) == []


@pytest.mark.parametrize("line", ["###", "### ", "### ###", "- ###"])
def test_a_heading_has_words(line: str) -> None:
    assert found_in("Text.", line) == [("heading.empty", 3)]


@pytest.mark.parametrize(
    "line",
    [
        " ## Text",
        "> # Text",
        "- ## Text",
        "1. # Text",
        "   #### Text",
        "> - ###### Text",
        "###Text",
        "##Text",
    ],
)
def test_a_heading_inside_a_part_has_three_signs(line: str) -> None:
    assert found_in(line) == [("heading.level", 2)]


@pytest.mark.parametrize("path", ["en/bank/AB-1.md", "ar/glossary.md", "fr/course.md"])
def test_a_heading_that_skips_a_level_is_found(path: str) -> None:
    assert found_in("### Think", path=path) == [("heading.place", 2)]
    assert found_in("### Think") == []
    assert found_in("### s1", path="en/bank/AB-1.md") == []  # a step, and no heading on the page


# ---- Links -----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["", " ", "**", "\\_", "…", "→"])
def test_a_link_has_words(words: str) -> None:
    assert found_in(f"See [{words}](https://www.un.org/).") == [("link.empty", 2)]


@pytest.mark.parametrize(
    "words",
    ["https://www.un.org/", "HTTP://un.org", "www.un.org", "un.org/en/rules", "**www.un.org**"],
)
def test_an_address_is_no_words(words: str) -> None:
    assert found_in(f"See [{words}](https://www.un.org/).") == [("link.address", 2)]


@pytest.mark.parametrize("words", ["unodc.org", "ombudsman@justice.example", "Rules 1/2015"])
def test_a_name_that_looks_a_little_like_an_address_passes(words: str) -> None:
    assert found_in(f"See [{words}](https://www.un.org/).") == []


@pytest.mark.parametrize(
    "words",
    [
        "here",
        "Click here",
        "click **here**",
        "Read more …",
        "ici",
        "Cliquez ici",
        "هنا",
        "اضغط هنا",
        "هذا الرابط",
        "здесь",
        "Нажмите здесь",
        "по ссылке",
        "осында",
        "Мына жерді басыңыз",
        "толығырақ",
    ],
)
def test_words_that_only_point_say_nothing(words: str) -> None:
    for target in ("https://www.un.org/", "#ab11-2", "term:torture", "doc:mandela-rules"):
        assert found_in(f"Look [{words}]({target})!") == [("link.here", 2)]


def test_a_link_in_a_heading_and_a_question_is_read_too() -> None:
    titled = Document("en/course.md", {}, "", (block("Text."),))
    assert [*access_findings_in(titled)] == []
    assert found_in("[here](https://x.org)", path="en/bank/AB-1.md") == [("link.here", 2)]
    course = planted("en/AB-1.1.md", "## Who decides {", "## Who [here](#ab12-1) decides {")
    (told,) = said(access_findings(course), "link.here")
    assert told.startswith("en/AB-1.1.md:")


def test_a_picture_is_no_link() -> None:
    assert found_in("![here](media/door.webp)") == []


def test_the_lists_hold_each_of_the_five_languages() -> None:
    assert {folded(each) for each in ("Here", "Ici", "هنا", "Здесь", "Осында")} <= POINTING


# ---- Tables ----------------------------------------------------------------------------------


def test_a_table_with_headings_and_a_sentence_passes() -> None:
    assert found_in(*TABLE) == []
    assert found_in("- One.", "- Two.", "", *TABLE[2:]) == []
    assert found_in("Text.", "", "a | b", "---|:-:", "c | d") == []
    assert found_in("> Text.", ">", "> | a | b |", "> |---|---|", "> | c | d |") == []
    assert found_in("Either | or, without a table.") == []
    assert found_in("Text.", "| one \\| two |", "|---|", "| x |") == []


@pytest.mark.parametrize(
    "rows",
    [
        ["| all | much |", "| none | little |"],
        ["| all | much |"],
        ["|---|---|", "| all | much |"],
        ["| Who | What | Why |", "|---|---|", "| all | much | so |"],
        ["| Who |", "| Who | What |", "|---|---|", "| all | much |"],
    ],
)
def test_a_table_has_a_row_of_headings(rows: list[str]) -> None:
    assert found_in("Text.", "", *rows) == [("table.head", 4)]


@pytest.mark.parametrize("head", ["| | What |", "| Who | |", "| ** | What |"])
def test_each_column_has_a_heading(head: str) -> None:
    assert found_in("Text.", "", head, "|---|---|", "| a | b |") == [("table.column", 4)]


@pytest.mark.parametrize(
    "before",
    [[], [""], ["Text.", "### Closer"], ["![A door.](media/door.webp)", ""]],
)
def test_a_sentence_says_what_a_table_shows(before: list[str]) -> None:
    found = found_in(*before, *TABLE[2:])
    assert found == [("table.alone", 2 + len(before))]


def test_each_of_two_tables_has_its_sentence() -> None:
    assert found_in(*TABLE, "", *TABLE[2:]) == [("table.alone", 8)]
    assert found_in(*TABLE, "", *TABLE) == []


# ---- Together --------------------------------------------------------------------------------


def test_the_texts_of_countries_are_read_too() -> None:
    files = small()
    path = next(each for each in files if each.endswith("boxes.md"))
    files[path] = files[path].rstrip(b"\n") + b"\n\nSee [here](https://x.org).\n"
    course = read_course(files).required()
    (told,) = said(access_findings(course), "link.here")
    assert told.startswith(f"{path}:")


def test_the_report_has_them_with_their_weight() -> None:
    course = planted("en/AB-1.1.md", "| Rule | What |", "| | What |")
    (found,) = [each for each in measure(course).findings if each.code == "table.column"]
    assert (found.severity, found.file) == (FAULT, "en/AB-1.1.md")


def test_the_editor_says_them_beside_the_line() -> None:
    facts, _ = facts_of(COURSE.encode())
    assert facts is not None
    files = small()
    files |= stamp(files, "en").files
    for path in ("en/AB-1.1.md", "fr/AB-1.1.md"):
        assert problems(path, files[path], facts, files["en/AB-1.1.md"]) == []
    text = files["en/AB-1.1.md"].replace(b"[United Nations]", b"[here]")
    (found,) = problems("en/AB-1.1.md", text, facts)
    assert (
        found.line
        == text.decode().splitlines().index("The [here](https://www.un.org/) decide nothing here.")
        + 1
    )
    assert "hear only the links" in found.text


@settings(max_examples=150)
@given(text=st.text("ab|-# >*.1[]()\\_:/wهжқ\n", max_size=200))
def test_any_text_is_read_without_a_mistake(text: str) -> None:
    one = block(*text.split("\n"))
    for each in access_findings_in(Document("en/X-1.1.md", {}, "", (one,))):
        assert 1 <= each.line <= len(text.split("\n")) + 1


@pytest.mark.parametrize("unit", ["# ", "- ", "> ", "[", "[a](", "| ", "|-", "1. ", "a.b-", "#"])
def test_a_line_that_repeats_itself_costs_no_time(unit: str) -> None:
    line = (unit * 4000)[:4000]
    before = process_time()
    found_in(*[line] * 20)
    assert process_time() - before < 2


def test_faults_stay_bounded() -> None:
    faults = Faults()
    for each in access_findings_in(Document("x.md", {}, "", (block(*["###"] * 500),))):
        faults.add(each.file, each.line, each.message.msgid)
    assert len(faults) == 200
