"""What a country has still to do, what its law limits, and what a new core touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lms.content.core_changes import (
    Touched,
    box_digest,
    changed_since,
    made_from_of,
    touched,
)
from lms.content.digests import block_digest
from lms.content.model import Course, NationFacts
from lms.content.readiness import (
    LimitRow,
    limits,
    may_certify,
    readiness,
)
from tests.content.small import edited, read, small

TODAY = date(2026, 11, 29)
TN, UG = "nations/tn/nation.toml", "nations/ug/nation.toml"
WORDS = "+++\n+++\n\n## Ici {#nat-ab11-2}\n\nLa loi.\n"


def of(course: Course, nation: str) -> NationFacts:
    return course.nations[nation]


def reasons(
    course: Course, nation: NationFacts, language: str, *, boxes_stop: bool = True
) -> list[tuple[str, str, bool]]:
    found = may_certify(course, nation, language, boxes_stop=boxes_stop)
    return [(each.kind, each.code, each.stops) for each in found]


# ---- Boxes -----------------------------------------------------------------------------------


def test_every_box_says_where_it_stands_and_what_it_lacks() -> None:
    files = edited(UG, 'checker = "Prisons School"', 'checker = "School"\nreview_by = 2026-11-28')
    course = read(files)
    first, second = readiness(course, of(course, "ug"), today=TODAY)
    assert (first.lesson, first.block, first.code) == ("AB-1.1", "ab11-b", "NA-01")
    assert (first.status, first.legal_source, first.checker) == (
        "confirmed",
        "Prisons Act 2006",
        "School",
    )
    assert (first.date, first.review_by) == (date(2026, 11, 24), date(2026, 11, 28))
    assert (first.overdue, first.blocking, first.languages) == (True, True, ("en",))
    assert (second.code, second.status, second.blocking) == ("NA-02", "empty", False)
    earlier = readiness(course, of(course, "ug"), today=date(2026, 11, 28))
    assert not earlier[0].overdue


def test_a_box_of_what_is_hidden_is_nobodys_concern() -> None:
    course = read(edited(TN, "ab11-2", "ab11-b"))
    assert [row.code for row in readiness(course, of(course, "tn"), today=TODAY)] == ["NA-02"]
    assert ("box", "NA-01", True) not in reasons(course, of(course, "tn"), "en")


def test_a_box_that_no_lesson_has_is_listed_too() -> None:
    course = read(
        edited(
            "course.toml", "[[module]]", '[[box]]\ncode = "NA-03"\nblocking = true\n\n[[module]]'
        )
    )
    last = readiness(course, of(course, "ug"), today=TODAY)[-1]
    assert (last.lesson, last.code, last.status, last.blocking) == ("", "NA-03", "empty", True)
    assert ("box", "NA-03", True) in reasons(course, of(course, "ug"), "en")


# ---- Certificates ----------------------------------------------------------------------------


def test_a_ready_country_may_certify() -> None:
    course = read(small())
    assert reasons(course, of(course, "ug"), "en") == []


def test_a_draft_holds_up_only_where_the_installation_waits() -> None:
    course = read(small())
    assert reasons(course, of(course, "tn"), "en") == [("box", "NA-01", True)]
    assert reasons(course, of(course, "tn"), "en", boxes_stop=False) == [("box", "NA-01", False)]
    [reason] = may_certify(course, of(course, "tn"), "en", boxes_stop=True)
    assert reason.lesson == "AB-1.1"
    assert str(reason.message) == "Box NA-01 is a draft. Confirm it, with its legal source."


def test_a_confirmed_box_without_words_is_empty() -> None:
    course = read(small({"nations/ug/en/boxes.md": None}))
    [reason] = may_certify(course, of(course, "ug"), "en", boxes_stop=True)
    assert str(reason.message) == "Box NA-01 has no words yet. Write them."


def test_a_test_that_is_not_translated_gives_no_certificate() -> None:
    course = read(small())
    [reason] = may_certify(course, of(course, "ug"), "ar", boxes_stop=True)
    assert (reason.kind, reason.code) == ("items", "AB-1-001")
    assert "not translated, or no longer: 7." in str(reason.message)


def test_a_translation_behind_the_law_is_a_reason_with_its_lesson() -> None:
    files = small()
    entry = '[[change]]\nblock = "ab11-o"\nold = "x"\nnew = "y"\nseverity = "law"\n'
    files["en/AB-1.1.md"] = files["en/AB-1.1.md"].replace(b"what is forbidden", b"what is not")
    course = read(files | {"changes.toml": entry.encode()})
    found = may_certify(course, of(course, "ug"), "fr", boxes_stop=True)
    assert [(each.kind, each.code, each.lesson) for each in found][1:] == [
        ("law", "ab11-o", "AB-1.1")
    ]
    assert reasons(course, of(course, "ug"), "en") == []


def test_a_closed_course_and_a_handbook_certify_nobody() -> None:
    course = read(edited(UG, "[[close]]", '[course]\nclosed = true\nlaw = "Act 9"\n\n[[close]]'))
    assert reasons(course, of(course, "ug"), "en") == [("course", "", True)]
    handbook = replace(course, facts=replace(course.facts, kind="handbook", tests={}))
    assert reasons(handbook, of(course, "tn"), "en") == [("handbook", "", True)]


# ---- Limits ----------------------------------------------------------------------------------


def test_one_register_lists_what_the_law_limits() -> None:
    files = edited(
        TN,
        "[items]",
        '[course]\nclosed = true\nlaw = "Law 9"\n\n[[item]]\nid = "AB-1-005"\nlaw = "Law 3"\n'
        'date = 2026-11-20\nchecker = "School"\n\n[[replace]]\nblock = "ab12-1"\nlaw = "Law 4"\n\n'
        "[items]",
    )
    files["nations/tn/fr/replaced.md"] = WORDS.replace("ab11-2", "ab12-1").encode()
    files["course.toml"] = files["course.toml"].replace(b"items = 2", b"items = 1")
    course = read(files)
    assert limits(of(course, "tn")) == (
        LimitRow("course", "", "Law 9", None, ""),
        LimitRow("hidden", "ab11-2", "Law 2 of 2002", None, ""),
        LimitRow("replaced", "ab12-1", "Law 4", None, ""),
        LimitRow("item", "AB-1-005", "Law 3", date(2026, 11, 20), "School"),
        LimitRow("item", "AB-1-006", "", None, ""),
    )
    assert limits(of(course, "ug")) == (LimitRow("module", "AB-2", "Prisons Act 2006", None, ""),)


# ---- A new core ------------------------------------------------------------------------------


def replacing(made_from: str) -> dict[str, bytes]:
    """Return the small course where Tunisia replaces ``ab11-2``."""
    files = edited(
        TN,
        '[[hide]]\nblock = "ab11-2"',
        f'[[replace]]\nblock = "ab11-2"\nmade_from = "{made_from}"',
    )
    return files | {"nations/tn/fr/replaced.md": WORDS.encode()}


def digest_of(course: Course, block_id: str) -> str:
    block = course.documents["en"]["AB-1.1"].block(block_id)
    assert block is not None
    return block_digest(block)


def test_a_replaced_block_is_looked_at_when_the_core_changes_and_then_no_more() -> None:
    before = read(replacing(digest_of(read(small()), "ab11-2")))
    nation = of(before, "tn")
    assert changed_since(before, nation) == ()
    assert touched(before, before, nation) == ()
    files = dict(before.files)
    files["en/AB-1.1.md"] = files["en/AB-1.1.md"].replace(b"decide nothing", b"decide little")
    entry = '[[change]]\nblock = "ab11-2"\nold = "x"\nnew = "y"\nseverity = "{}"\n\n'
    files["changes.toml"] = (entry.format("law") + entry.format("typo")).encode()
    after = read(files)
    [found] = touched(before, after, nation)
    assert (found.kind, found.id, found.file, found.severity) == (
        "replaced",
        "ab11-2",
        "AB-1.1",
        "law",
    )
    assert found.before is not None
    assert found.after is not None
    assert "decide nothing" in found.before.body
    assert "decide little" in found.after.body
    assert found.words["fr"].body.strip() == "La loi."
    assert changed_since(after, of(after, "tn")) == ("ab11-2",)
    kept = read(replacing(digest_of(after, "ab11-2")) | {"en/AB-1.1.md": files["en/AB-1.1.md"]})
    assert changed_since(kept, of(kept, "tn")) == ()
    assert touched(before, kept, of(kept, "tn")) == ()


def test_hidden_blocks_boxes_and_items_are_touched_and_nothing_else() -> None:
    before = read(small())
    files = small()
    for path, old, new in (
        ("en/AB-1.1.md", b"decide nothing", b"decide little"),  # hidden in tn
        ("en/AB-1.1.md", b"Name the body", b"Name the office"),  # NA-01, a draft in tn
        ("en/AB-1.2.md", b"Name the law", b"Name the act"),  # NA-02, of which tn says nothing
        ("en/AB-1.1.md", b"Speak.", b"Talk."),
        ("en/bank/AB-1.md", b"secret question 6", b"question 6"),  # left out in tn
        ("en/bank/AB-1.md", b"secret question 5", b"question 5"),
    ):
        files[path] = files[path].replace(old, new)
    found = touched(before, read(files), of(before, "tn"))
    assert sorted((each.kind, each.id, list(each.words)) for each in found) == [
        ("box", "ab11-b", ["ar"]),
        ("hidden", "ab11-2", []),
        ("item", "AB-1-006", []),
    ]
    assert touched(before, before, of(before, "tn")) == ()


def test_a_decision_counts_until_it_names_the_new_core() -> None:
    before = read(small())
    block = before.documents["en"]["AB-1.1"].block("ab11-2")
    assert block is not None
    said = f'law = "Law 2 of 2002"\nmade_from = "{block_digest(block)}"'
    files = edited(TN, 'law = "Law 2 of 2002"', said)
    course = read(files)
    assert made_from_of(of(course, "tn"), "hidden", "ab11-2") == block_digest(block)
    assert changed_since(course, of(course, "tn")) == ()
    files["en/AB-1.1.md"] = files["en/AB-1.1.md"].replace(b"### Closer", b"### Nearer")
    after = read(files)
    # Two cores that say the same now: what matters is from which one that was decided.
    [found] = touched(after, after, of(after, "tn"))
    assert (found.kind, found.id, found.made_from) == ("hidden", "ab11-2", block_digest(block))
    assert changed_since(after, of(after, "tn")) == ("ab11-2",)


def test_a_box_that_two_lessons_ask_for_has_one_digest_of_both() -> None:
    files = edited(
        "en/AB-2.1.md",
        "## What is left",
        """::: box NA-01 {#ab21-b}
Name it once more.
:::

## What is left""",
    )
    course = read(files)
    digest = box_digest(course, "NA-01")
    files[TN] = files[TN].replace(
        b'code = "NA-01"', f'code = "NA-01"\nmade_from = "{digest}"'.encode()
    )
    before = read(files)
    assert touched(before, before, of(before, "tn")) == ()
    files["en/AB-2.1.md"] = files["en/AB-2.1.md"].replace(b"once more", b"again")
    after = read(files)
    found = touched(before, after, of(after, "tn"))
    assert [(each.kind, each.id) for each in found] == [("box", "ab11-b"), ("box", "ab21-b")]
    assert changed_since(after, of(after, "tn")) == ("NA-01",)
    assert box_digest(course, "NA-09") == ""


def test_a_block_that_the_new_core_takes_away_is_touched() -> None:
    before = read(small())
    files = small()
    text = files["en/AB-1.1.md"].decode()
    start, end = text.index("## Who decides"), text.index("::: do")
    text = (text[:start] + text[end:]).replace("[the next part](#ab11-2)", "the next part")
    files["en/AB-1.1.md"] = text.encode()
    files["en/bank/AB-1.md"] = files["en/bank/AB-1.md"].replace(b"ab11-2", b"ab11-1")
    files["fr/AB-1.1.md"] = files["fr/AB-1.1.md"].split(b"## Qui")[0].rstrip() + b"\n"
    files[TN] = files[TN].replace(b'[[hide]]\nblock = "ab11-2"\nlaw = "Law 2 of 2002"\n', b"")
    [found] = touched(before, read(files), of(before, "tn"))
    assert isinstance(found, Touched)
    assert (found.id, found.after) == ("ab11-2", None)
    assert found.before is not None
