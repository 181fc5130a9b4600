"""One block or title of a translation changes; every other byte of its file stays."""

from __future__ import annotations

import random
import tomllib

import pytest

from lms.content.blocks import read_document
from lms.content.digests import block_digest, block_key
from lms.content.faults import CourseRefused, Faults
from lms.content.model import Document
from lms.content.reader import read_course
from lms.content.stamp import stamp
from lms.content.translation.front import with_value, without_value
from lms.content.translation.parts import assembled
from lms.content.translation.target import accepted_block, with_block, with_title
from lms.content.translation.units import Unit, course_units, units
from tests.content.small import edited, read, small
from tests.content.translation.shipped import translations
from tests.content.translation.test_parts import alone

WHO = "National Prison School, 2026-12"


def unit_of(
    key: str, files: dict[str, bytes] | None = None, language: str = "ar", name: str = "AB-1.1"
) -> Unit:
    found = course_units(read(files or small()), language)
    return next(unit for unit in found if (unit.name, unit.key) == (name, key))


def pair(files: dict[str, bytes] | None = None, name: str = "AB-1.1") -> tuple[Document, Document]:
    documents = read(files or small()).documents
    return documents["ar"][name], documents["en"][name]


def raw_of(unit: Unit, **texts: str) -> str:
    assert unit.block is not None
    return assembled(unit.block, unit.question, {**unit.texts, **texts}, unit.twin)


def test_an_untouched_shipped_block_changes_nothing() -> None:
    for _, language, source, target, found in translations():
        for unit in found:
            if unit.block is not None and unit.twin is not None:
                text = with_block(target, source, unit.key, raw_of(unit), language)
                assert text == target.text()


@pytest.mark.parametrize("seed", range(3))
def test_a_block_that_was_taken_out_goes_back_to_its_place(seed: int) -> None:
    chance = random.Random(seed)
    for _, language, source, target, found in translations():
        unit = chance.choice([each for each in found if each.twin is not None])
        kept = [block for block in target.blocks if block_key(block) != unit.key]
        lead = without_value(target.lead, "from", unit.key)
        body = "".join(block.raw for block in kept).rstrip("\n") + "\n"
        without = _document(target.path, lead + (body if kept else ""))
        text = with_block(without, source, unit.key, raw_of(unit), language)
        assert text == target.text().rstrip("\n") + "\n", (target.path, unit.key)


def _front(lead: str) -> dict[str, object]:
    return tomllib.loads(lead.strip().strip("+"))


def _document(path: str, text: str) -> Document:
    found = read_document(path, text.encode(), Faults())
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(2))
def test_a_file_grows_block_by_block_in_any_order(seed: int) -> None:
    chance = random.Random(seed)
    for course, language, source, target, found in translations():
        if chance.random() < 0.9:
            continue
        mine = [unit for unit in found if unit.twin is not None]
        chance.shuffle(mine)
        now: Document | None = None
        for unit in mine:
            text = with_block(now, source, unit.key, raw_of(unit), language)
            now = _document(target.path, text)
        assert now is not None
        for unit in found:
            if unit.kind == "front":
                title = unit.texts["title"]
                now = _document(target.path, with_title(now, source, unit.key, title, language))
        lines = [line for line in now.text().splitlines() if not line.startswith('"front.')]
        assert lines == target.text().splitlines()
        files = {**course.files, target.path: now.text().encode()}
        assert stamp(files, course.facts.source).files == {}


def test_a_first_block_makes_a_file_that_is_a_course() -> None:
    unit = unit_of("ab11-p", language="ru")
    text = with_block(None, pair()[1], unit.key, raw_of(unit, body="Без десяти девять."), "ru")
    course = read(small({"ru/AB-1.1.md": text}))
    again = {each.key: each for each in course_units(course, "ru") if each.name == "AB-1.1"}
    assert (again["ab11-p"].state, again["ab11-1"].state) == ("translated", "new")
    assert again["front.title"].state == "new"
    course_md = read(small()).documents["en"]["course"]
    about = unit_of("about", language="ru", name="course")
    text = with_block(None, course_md, "about", raw_of(about, heading="О", body="Два."), "ru")
    assert read(small({"ru/course.md": text})).documents["ru"]["course"].block("about")


def test_a_changed_block_changes_its_lines_alone() -> None:
    target, source = pair()
    text = with_block(target, source, "ab11-o", raw_of(unit_of("ab11-o"), body="- قل."), "ar")
    old, new = target.text().splitlines(), text.splitlines()
    assert [line for line in new if line not in old] == ["- قل."]
    assert "قل ما هو ممنوع." in "".join(line for line in old if line not in new)


def test_the_digest_is_of_todays_source() -> None:
    files = edited("en/AB-1.1.md", "Say what is forbidden.", "Say what is never allowed.")
    target, source = pair(files)
    unit = unit_of("ab11-o", files)
    assert unit.state == "stale"
    text = with_block(target, source, "ab11-o", raw_of(unit), "ar")
    files["ar/AB-1.1.md"] = text.encode()
    assert unit_of("ab11-o", files).state == "translated"
    assert len(set(text.splitlines()) - set(target.text().splitlines())) == 1


def test_accepted_words_are_reviewed_until_they_change() -> None:
    target, source = pair()
    files = small({"ar/AB-1.1.md": accepted_block(target, source, "ab11-o", WHO)})
    unit = unit_of("ab11-o", files)
    assert (unit.state, unit.accepted) == ("reviewed", WHO)
    target, source = pair(files)
    same = with_block(target, source, "ab11-o", raw_of(unit), "ar")
    assert same == target.text()
    other = with_block(target, source, "ab11-o", raw_of(unit, body="- قل."), "ar")
    assert unit_of("ab11-o", small({"ar/AB-1.1.md": other})).state == "translated"
    assert "ab11-o" not in pair(small({"ar/AB-1.1.md": other}))[0].front["reviewed_blocks"]
    read_by = with_block(target, source, "ab11-o", raw_of(unit, body="- قل."), "ar", accepted="")
    assert unit_of("ab11-o", small({"ar/AB-1.1.md": read_by})).accepted == ""
    back = accepted_block(target, source, "ab11-o", None)
    assert unit_of("ab11-o", small({"ar/AB-1.1.md": back})).state == "translated"


def test_an_old_acceptance_ends_when_the_source_has_changed() -> None:
    target, source = pair()
    text = accepted_block(target, source, "ab11-o", WHO)
    files = edited("en/AB-1.1.md", "Say what is forbidden.", "Say what is never allowed.")
    files["ar/AB-1.1.md"] = text.encode()
    target, source = pair(files)
    unit = unit_of("ab11-o", files)
    files["ar/AB-1.1.md"] = with_block(target, source, "ab11-o", raw_of(unit), "ar").encode()
    assert unit_of("ab11-o", files).state == "translated"


def test_a_reviewed_file_keeps_what_is_still_true() -> None:
    files = edited("ar/AB-1.1.md", "reviewed = false", f'reviewed = "{WHO}"')
    target, source = pair(files)
    unit = unit_of("ab11-o", files)
    assert (unit.state, unit.accepted) == ("reviewed", WHO)
    text = with_block(target, source, "ab11-o", raw_of(unit, body="- قل."), "ar")
    files["ar/AB-1.1.md"] = text.encode()
    found = {each.key: each for each in course_units(read(files), "ar") if each.name == "AB-1.1"}
    assert "reviewed = false\n" in text
    assert found["ab11-o"].state == "translated"
    for key in ("front.title", "ab11-1", "ab11-b", "ab11-c1"):
        assert (found[key].state, found[key].accepted) == ("reviewed", WHO), key


def test_titles() -> None:
    target, source = pair()
    text = with_title(target, source, "front.title", 'اسم "آخر" \\', "ar")
    files = small({"ar/AB-1.1.md": text})
    assert unit_of("front.title", files).texts == {"title": 'اسم "آخر" \\'}
    assert len(set(text.splitlines()) - set(target.text().splitlines())) == 2
    target, source = pair(files)
    assert with_title(target, source, "front.title", 'اسم "آخر" \\', "ar") == text
    assert stamp(files, "en").files == {}
    files["en/AB-1.1.md"] = files["en/AB-1.1.md"].replace(b"The first lesson", b"Lesson one")
    assert unit_of("front.title", files).state == "stale"
    assert stamp(files, "en", again={"front.title"}).digests == 1
    with pytest.raises(KeyError):
        with_title(target, source, "front.public_title", "x", "ar")
    target, source = pair(name="course")
    text = with_title(target, source, "front.modules.AB-2", "وحدة", "ar", accepted=WHO)
    files = small({"ar/course.md": text})
    unit = unit_of("front.modules.AB-2", files, name="course")
    assert (unit.state, unit.accepted, unit.texts) == ("reviewed", WHO, {"title": "وحدة"})
    assert stamp(files, "en").files == {}


def test_what_nobody_has_cannot_be_accepted() -> None:
    target, source = pair()
    with pytest.raises(KeyError):
        accepted_block(target, source, "ab11-k", WHO)
    with pytest.raises(KeyError):
        with_block(target, source, "no-such", "", "ar")
    with pytest.raises(KeyError):
        with_block(target, source, "ab11-k", "::: keypoints {#x}\n- a\n:::\n", "ar")


def test_what_cannot_be_read_is_refused() -> None:
    target, source = pair()
    for body in ("<b>", "x\n::: do {#x}", "`"):
        with pytest.raises(CourseRefused):
            with_block(target, source, "ab11-o", f"::: objectives {{#ab11-o}}\n{body}\n:::\n", "ar")


def test_unusual_tables_are_changed_too() -> None:
    lead = '+++\ntitle = "x"  # a word\nfrom = {a = "1"}\n+++\n\n'
    assert with_value(lead, "", "title", "y", []) == lead.replace('"x"', '"y"')
    changed = with_value(lead, "from", "b", "2", ["a", "b"])
    assert _front(changed)["from"] == {"a": "1", "b": "2"}
    assert without_value(changed, "from", "a").count('"') == 4
    assert without_value(lead, "from", "b") == lead
    long = '+++\ntitle = """\nx"""\n+++\n'
    assert _front(with_value(long, "", "title", "y", []))["title"] == "y"
    none = with_value("+++\n+++\n", "from", "a", "1", [])
    assert none == '+++\n\n[from]\n"a" = "1"\n+++\n'


def test_bytes_around_a_value_stay() -> None:
    lead = (
        '+++\ntitle   = "x"\n# why\nreviewed = "A"  # who\n\n[from]\n  a = "1" # one\n"c" = "3"\n'
        '\n[modules]\nAB-1 = "m"\n+++\n\n'
    )
    changed = with_value(lead, "from", "a", "9", ["a", "b", "c"])
    assert changed == lead.replace('"1"', '"9"')
    changed = with_value(lead, "from", "b", "2", ["a", "b", "c"])
    assert changed == lead.replace('"c"', '"b" = "2"\n"c"')
    assert with_value(lead, "", "reviewed", False, []) == lead.replace('"A"', "false")


def test_a_block_alone_is_a_block() -> None:
    unit = unit_of("ab11-o")
    _, block = alone("ar/AB-1.1.md", raw_of(unit))
    assert unit.twin is not None
    assert block_digest(block) == block_digest(unit.twin)
    assert read_course(small()).course is not None
    assert units(pair()[1], None)[0].state == "new"
