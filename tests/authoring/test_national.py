"""A national layer in the compiled edition: what is a number, what a revision, what pages learn."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.queries import bank
from lms.authoring.compiled import structure
from lms.catalogue.models import Edition, EditionItemText, EditionText
from lms.catalogue.structure import Closure, Module, Structure
from lms.content.digests import block_digest
from tests.authoring.conftest import Press, editions
from tests.content.small import item, read, small

TN = "nations/tn/nation.toml"
PLAIN = '[[box]]\ncode = "NA-01"\nstatus = "draft"\nlegal_source = "Law 1"\ndate = 2026-11-24\n'
REPLACE = '\n[[replace]]\nblock = "ab11-2"\nlaw = "Law 3"\n'
WORDS = "+++\n+++\n\n## Ici {#nat-ab11-2}\n\nLa loi.\n"
OWN = "nations/tn/fr/bank/AB-1.md"
OWN_ITEM = "+++\n+++\n\n" + item(1, "AB-1.2", "ab12-1").replace("## AB", "## TN-AB")
CLOSE = '\n[[close]]\nmodule = "AB-1"\nlaw = "Law 4"\n'


def nation(
    text: str = PLAIN, before: str = "", words: str | None = None, **files: str
) -> dict[str, bytes]:
    """Return the small course with this ``nation.toml`` for Tunisia."""
    said = {TN: before + text, **files}
    return small(said if words is None else said | {"nations/tn/fr/replaced.md": words})


NUMBERS = [
    nation(PLAIN + '\n[[hide]]\nblock = "ab11-2"\nlaw = "Law 2"\n'),
    nation(PLAIN + REPLACE, words=WORDS),
    nation(PLAIN + '\n[[item]]\nid = "AB-1-006"\nlaw = "Law 2"\n'),
    nation(PLAIN + "\n[pass]\npercent = 85\n"),
    nation(PLAIN + "\n[pass]\npause_hours = 0\n"),
    nation(before="validity_months = 12\n"),
    nation(before='source = "fr"\n', **{OWN: OWN_ITEM}),
]
REVISIONS = [
    nation(PLAIN + '\n[course]\nclosed = true\nlaw = "Law 9"\n'),
    nation(PLAIN.replace("Law 1", "Law 2")),
    nation(PLAIN + "review_by = 2027-01-01\n"),
]


@pytest.mark.parametrize("files", NUMBERS)
def test_what_a_country_teaches_or_asks_otherwise_is_a_number(
    press: Press, files: dict[str, bytes]
) -> None:
    assert press(nation(), "tn") == "1.0"
    assert press(files, "tn") == "2.0"


@pytest.mark.parametrize("files", REVISIONS)
def test_what_is_only_said_otherwise_is_a_revision(press: Press, files: dict[str, bytes]) -> None:
    assert press(nation(), "tn") == "1.0"
    assert press(files, "tn") == "1.1"


def test_other_words_for_what_is_replaced_or_closed_are_a_revision(press: Press) -> None:
    assert press(nation(PLAIN + REPLACE, words=WORDS), "tn") == "1.0"
    assert press(nation(PLAIN + REPLACE, words=WORDS.replace("loi", "règle")), "tn") == "1.1"
    assert press(nation(PLAIN + REPLACE.replace("3", "5"), words=WORDS), "tn") == "1.2"


def test_a_question_of_a_country_is_in_its_edition_and_in_no_other(
    session: Session, press: Press
) -> None:
    files = nation(before='source = "fr"\n', **{OWN: OWN_ITEM})
    assert press(files, "tn") == "1.0"
    edition = session.scalar(select(Edition))
    assert edition is not None
    [found] = [each for each in bank(session, edition.id) if each.id == "TN-AB-1-001"]
    assert (found.module, found.lesson, found.kind) == ("AB-1", "AB-1.2", "single")
    words = session.scalars(
        select(EditionItemText.language).where(EditionItemText.item_id == "TN-AB-1-001")
    ).all()
    assert words == ["fr"]
    # Here the test waits for the words of that question; elsewhere it does not know it.
    complete = {row.language: row.bank_complete for row in session.scalars(select(EditionText))}
    assert not complete["en"]
    assert press(files, "ug") == "2.0"
    newest = session.scalar(select(Edition).order_by(Edition.id.desc()))
    assert newest is not None
    assert "TN-AB-1-001" not in [each.id for each in bank(session, newest.id)]
    assert press(nation(before='source = "fr"\n'), "tn") == "3.0"


def test_an_edition_of_an_earlier_version_is_no_other_course(
    session: Session, press: Press
) -> None:
    """It has no word of what is hidden and closed: that alone makes no new number."""
    files = nation(PLAIN + '\n[[hide]]\nblock = "ab11-2"\nlaw = "Law 2"\n')
    press(files, "tn")
    edition = session.scalar(select(Edition))
    assert edition is not None
    old = {
        name: value
        for name, value in edition.facts.items()
        if name not in {"closed", "closed_course", "hidden_blocks", "replaced_blocks", "behind_law"}
    }
    edition.facts = old
    session.commit()
    assert Structure.from_facts(old).closed == ()
    assert press(files | {"en/AB-1.2.md": files["en/AB-1.2.md"] + b"\n"}, "tn") == "1.1"
    assert editions(session) == ["1.0", "1.1"]


def test_the_rules_of_the_country_take_the_place_of_the_courses() -> None:
    course = read(nation(PLAIN + "\n[pass]\npercent = 70\nattempts = 2\n", "validity_months = 0\n"))
    here = structure(course, course.nations["tn"])
    assert (here.pass_rule.percent, here.pass_rule.attempts) == (70, 2)
    assert (here.pass_rule.window_days, here.validity_months) == (30, None)
    assert structure(course, None).validity_months == 24


def test_a_closed_module_keeps_its_place_and_its_law(session: Session, press: Press) -> None:
    text = CLOSE + 'date = 2026-11-24\nchecker = "School"\ntext = { fr = "Pas ici." }\n'
    course = (
        small({TN: PLAIN + text})["course.toml"]
        .decode()
        .replace("items = 5", "items = 1")
        .replace("items = 2", "items = 1")
        .replace("scenarios = 1", "scenarios = 0")
    )
    press(nation(PLAIN + text, **{"course.toml": course}), "tn")
    edition = session.scalar(select(Edition))
    assert edition is not None
    found = Structure.from_facts(edition.facts)
    first, second = found.outline()
    assert first == Closure("Law 4", "2026-11-24", {"fr": "Pas ici."}, "AB-1", 0)
    assert isinstance(second, Module)
    assert isinstance(first, Closure)
    assert first.day == date(2026, 11, 24)
    assert found.codes() == ("AB-2.1",)
    assert next(iter(found.lessons())).number == 1
    texts = {row.language: row.facts for row in session.scalars(select(EditionText))}
    assert texts["en"]["modules"]["AB-1"] == "The first module"


def test_a_box_that_the_country_does_not_show_blocks_nothing() -> None:
    hidden = read(
        nation(
            '[[hide]]\nblock = "ab11-b"\nlaw = "Law 2"\n',
            **{"nations/tn/ar/boxes.md": "+++\n+++\n"},
        )
    )
    assert structure(hidden, hidden.nations["tn"]).blocking_boxes == ()
    shown = read(nation())
    assert structure(shown, shown.nations["tn"]).unconfirmed() == ("NA-01",)


def change(old: str, new: str, severity: str = "law", block: str = "ab11-o") -> str:
    return (
        f'[[change]]\nblock = "{block}"\nold = "{old}"\nnew = "{new}"\nseverity = "{severity}"\n\n'
    )


def test_a_translation_behind_the_law_is_named() -> None:
    files = small()
    block = read(files).documents["en"]["AB-1.1"].block("ab11-o")
    assert block is not None
    before = block_digest(block)
    files["en/AB-1.1.md"] = files["en/AB-1.1.md"].replace(b"what is forbidden", b"what is not")
    block = read(files).documents["en"]["AB-1.1"].block("ab11-o")
    assert block is not None
    now = block_digest(block)

    def behind(*changes: str, code: str | None = None) -> dict[str, tuple[str, ...]]:
        course = read(files | {"changes.toml": "".join(changes).encode()})
        found = structure(course, course.nations[code] if code else None).behind_law
        return {language: tuple(blocks) for language, blocks in found.items()}

    both = {"ar": ("ab11-o",), "fr": ("ab11-o",)}
    assert behind(change(before, now)) == both
    assert behind(change(before, "x"), change("x", now, "typo")) == both
    assert behind(change(before, now, "meaning")) == {}
    assert behind(change("z", before), change(before, now, "meaning")) == {}
    assert behind(change(before, now, block="ab11-p")) == {}
    files[TN] = files[TN].replace(b'"ab11-2"', b'"ab11-o"')
    assert behind(change(before, now), code="tn") == {}
    assert behind(change(before, now), code="ug") == both
