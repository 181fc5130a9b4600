"""What a row of a list of people would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.importing import rules
from lms.accounts.importing.listed import Listed, Places, read_person
from lms.accounts.importing.rules import Decision, Known, Work, decide
from lms.accounts.importing.steps import vocabulary
from lms.kernel.messages import Message, counted
from lms.kernel.viewer import Role, Viewer

TODAY = date(2026, 11, 30)
LONG_AGO, YESTERDAY = date(2024, 1, 1), TODAY - timedelta(days=1)
NORTHGATE, LAKESIDE, SOUTHFIELD = UUID(int=4), UUID(int=6), UUID(int=5)
PATHS = {NORTHGATE: "/1/2/4/", LAKESIDE: "/1/2/6/", SOUTHFIELD: "/1/3/5/"}
CODES = {NORTHGATE: "N-01", LAKESIDE: "N-02", SOUTHFIELD: "S-01"}
GRACE = Viewer(UUID(int=1), "en", roles=(Role("administrator", "/1/2/"),))
HALIMA = Viewer(UUID(int=2), "en", roles=(Role("administrator", "/1/"),))
TRUSTED = replace(HALIMA, roles=(*HALIMA.roles, Role("confidential-reader", "/1/")))
NAMES = {NORTHGATE: {"en": "Northgate", "ar": "باب الشمال"}, LAKESIDE: {"en": "Lakeside"},
         SOUTHFIELD: {"en": "Southfield"}}  # fmt: skip


def places(viewer: Viewer = GRACE) -> Places:
    top = viewer.unit_paths("administrator")[0]
    return Places(
        [(id_, CODES[id_], path, NAMES[id_]) for id_, path in PATHS.items() if path.startswith(top)]
    )


def row(viewer: Viewer = GRACE, /, **cells: str) -> Listed:
    fields = {name: at for at, name in enumerate(cells)}
    return read_person(list(cells.values()), fields, places(viewer), vocabulary())


def works(
    where: UUID = NORTHGATE,
    function: str = "P1",
    starts: date = LONG_AGO,
    ends: date | None = None,
) -> Work:
    return Work(UUID(int=9), where, CODES[where], PATHS[where], function, starts, ends)


def amina(*work: Work, **settings: Any) -> Known:
    facts = {
        "name": "Amina Ben Salah",
        "name_latin": None,
        "language": "en",
        "rank": "G1",
        "sex": None,
        "status": "active",
        "number": "N-1001",
        **settings,
    }
    return Known(id=UUID(int=7), work=work or (works(),), **facts)


def decided(listed: Listed, known: Known | None = None, viewer: Viewer = GRACE) -> Decision:
    place = places(viewer).of_id(listed.place)
    return decide(listed, known, place, viewer, today=TODAY)


def reasons(decision: Decision) -> str:
    return " ".join(str(each) for each in decision.reasons)


# ---- Reading a row ------------------------------------------------------------------------------


def test_a_row_is_read_into_our_own_words() -> None:
    listed = row(
        number=" N-1 ",
        name="Болат  Сейтқали",
        name_latin="Bolat Seitkali",
        language="Қазақша",
        unit="n-01",
        function="руководитель",
        rank="Grade supérieur",
        sex="ذكر",
    )
    assert listed == Listed(
        "N-1",
        "Болат Сейтқали",
        "Bolat Seitkali",
        "kk",
        "N-01",
        str(NORTHGATE),
        "P6",
        "G3",
        "m",
        title="руководитель",
    )


@pytest.mark.parametrize("word", ["P4", "p4", "Psychologue, travailleur social, éducateur"])
def test_a_function_is_a_code_or_a_word_of_ours(word: str) -> None:
    assert row(number="1", function=word).function == "P4"


def test_a_function_that_is_none_of_ours_refuses_the_row() -> None:
    assert "“Cook” is none of ours" in str(row(number="1", function="Cook").refusals[0])


@pytest.mark.parametrize(("field", "cell"), [("rank", "Captain"), ("sex", "x"), ("language", "xx")])
def test_what_matters_less_is_left_out_and_the_row_says_so(field: str, cell: str) -> None:
    listed = row(number="1", **{field: cell})
    assert getattr(listed, field) == ""
    assert listed.refusals == ()
    assert f"“{cell}” is not known here" in str(listed.notes[0])


def test_what_nobody_said_is_no_mistake() -> None:
    listed = row(number="1", sex="NOT_SPECIFIED", rank="-", language="")
    assert (listed.sex, listed.rank, listed.notes) == ("", "", ())


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"first": "Amina", "last": "Ben Salah"}, "Amina Ben Salah"),
        ({"first": "Болат", "middle": "Ерланұлы", "last": "Сейтқали"}, "Сейтқали Болат Ерланұлы"),
        ({"name": "Zoé Bah", "first": "No"}, "Zoé Bah"),
        ({"name": "\u200fمحمد بن صالح\u200e"}, "محمد بن صالح"),
        ({"last": "Bah"}, "Bah"),
    ],
)
def test_names_are_put_together(cells: dict[str, str], name: str) -> None:
    assert row(number="1", **cells).name == name


@pytest.mark.parametrize("name", ["Am1na", "amina@example.org", "Aмina", "x" * 101])
def test_a_name_that_could_not_be_printed_refuses_the_row(name: str) -> None:
    assert row(number="1", name=name).refusals


def test_a_name_in_latin_letters_has_no_others() -> None:
    assert row(number="1", name_latin="Болат").refusals


@pytest.mark.parametrize("number", ["", "--", "x" * 61, "N\u00ad1 \u0430a"])
def test_a_number_is_needed(number: str) -> None:
    assert row(number=number, name="Amina").refusals


def test_the_second_number_counts_where_the_first_is_empty() -> None:
    assert row(number="", username="amina").number == "amina"
    assert row(number="N-1", username="amina").number == "N-1"


@pytest.mark.parametrize("said", ["N-01", "n-01", "Northgate", "NORTHGATE", "باب الشمال"])
def test_a_place_is_found_by_code_or_name(said: str) -> None:
    assert row(number="1", unit=said).place == str(NORTHGATE)


@pytest.mark.parametrize("said", ["S-01", "Southfield", "Nowhere", "N01"])
def test_a_place_of_somebody_else_is_not_there(said: str) -> None:
    assert f"no open place “{said}” in your part" in str(row(number="1", unit=said).refusals[0])


def test_a_name_that_two_places_have_tells_neither() -> None:
    both = Places(
        [(UUID(int=1), "A", "/1/2/", {"en": "Gate"}), (UUID(int=2), "B", "/1/3/", {"en": "Gate"})]
    )
    assert both.find("Gate") is None
    assert both.find("b") is not None


def test_the_usual_place_is_for_rows_that_name_none() -> None:
    cells = {"number": 0, "unit": 1}
    for cell, code in (("", "N-02"), ("N-01", "N-01")):
        assert read_person(["1", cell], cells, places(), vocabulary(), "N-02").unit == code


@pytest.mark.parametrize(
    ("cells", "active"),
    [
        ({"active": "yes"}, True),
        ({"active": "0"}, False),
        ({"active": ""}, None),
        ({"left": "1"}, False),
        ({"left": "0"}, None),
        ({"left": "да", "active": "1"}, False),
        ({"active": "нет"}, False),
    ],
)
def test_who_has_left_is_said_by_either_column(cells: dict[str, str], active: bool | None) -> None:
    assert row(number="1", **cells).active is active


def test_what_is_kept_of_a_row_is_the_row() -> None:
    listed = row(number="N-1", name="Amina Bah", unit="N-01", active="no", rank="G2")
    assert Listed.of(listed.facts()) == listed


@given(st.text(max_size=5) | st.integers())
def test_a_sentence_is_kept_with_its_values(value: object) -> None:
    inner = Message("In %(a)s", {"a": value})
    message = Message("Row %(row)s: %(what)s", {"row": counted("1", "%(num)s", 3), "what": inner})
    assert rules.told(rules.kept(message)) == message


# ---- Deciding -----------------------------------------------------------------------------------


def test_a_number_that_nobody_has_is_somebody_new() -> None:
    decision = decided(row(number="N-9", name="Zoé Bah", unit="N-01"))
    assert (decision.verdict, decision.move) == ("new", rules.Move(NORTHGATE, "P1"))


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"name": "Zoé"}, "names no place"),
        ({"unit": "N-01"}, "has no name"),
        ({"name": "Zoé", "unit": "N-01", "active": "no"}, "says that they left"),
    ],
)
def test_somebody_new_needs_a_name_and_a_place(cells: dict[str, str], why: str) -> None:
    decision = decided(row(number="N-9", **cells))
    assert decision.verdict == "refused"
    assert why in reasons(decision)


def test_a_row_that_says_what_is_known_changes_nothing() -> None:
    listed = row(number="n 1001", name="AMINA BEN SALAH", unit="N-01", function="P1", rank="G1")
    assert decided(listed, amina()) == Decision("same")


def test_empty_cells_take_nothing_away() -> None:
    listed = row(number="N-1001", name="", rank="", sex="", language="", unit="")
    assert decided(listed, amina(sex="f")).verdict == "same"


def test_details_that_differ_are_changed() -> None:
    listed = row(number="N-1001", name="Amina Bah", sex="f", language="fr", unit="N-01")
    decision = decided(listed, amina())
    assert decision.verdict == "changed"
    assert decision.changes == {
        "name": ["Amina Ben Salah", "Amina Bah"],
        "language": ["en", "fr"],
        "sex": [None, "f"],
    }


def test_a_list_in_latin_letters_leaves_the_name_in_ones_own_script() -> None:
    bolat = amina(name="Болат Сейтқали", name_latin="Bolat Seitkali")
    assert decided(row(number="N-1001", name="BOLAT SEITKALI"), bolat).verdict == "same"
    decision = decided(row(number="N-1001", name="Bolat Seytkali"), bolat)
    assert decision.changes == {"name_latin": ["Bolat Seitkali", "Bolat Seytkali"]}


def test_a_list_in_another_script_keeps_the_name_in_latin_letters() -> None:
    decision = decided(row(number="N-1001", name="Амина Бен Салах"), amina())
    assert decision.changes == {
        "name": ["Amina Ben Salah", "Амина Бен Салах"],
        "name_latin": [None, "Amina Ben Salah"],
    }
    both = decided(row(number="N-1001", name="Амина Салах", name_latin="Amina Salah"), amina())
    assert both.changes["name_latin"] == [None, "Amina Salah"]


def test_another_place_is_a_move() -> None:
    decision = decided(row(number="N-1001", unit="N-02"), amina())
    assert decision.verdict == "moved"
    assert decision.changes == {"unit": ["N-01", "N-02"]}
    assert decision.move == rules.Move(LAKESIDE, "P1", (works(),))


def test_another_function_is_a_move_also_where_no_place_is_named() -> None:
    for cells in ({"function": "P6"}, {"function": "P6", "unit": "N-01"}):
        decision = decided(row(number="N-1001", **cells), amina())
        assert decision.verdict == "moved"
        assert decision.changes == {"function": ["P1", "P6"]}


def test_whoever_works_elsewhere_is_out_of_reach() -> None:
    daniel = amina(works(SOUTHFIELD))
    decision = decided(row(number="N-1001", name="Other", unit="N-01"), daniel)
    assert decision.verdict == "refused"
    assert "does not work in your part" in reasons(decision)
    assert decided(row(HALIMA, number="N-1001", unit="N-01"), daniel, HALIMA).verdict == "moved"


def test_whoever_comes_back_is_found_where_they_worked_last() -> None:
    left = works(NORTHGATE, ends=YESTERDAY)
    decision = decided(row(number="N-1001", unit="N-02"), amina(left))
    assert (decision.verdict, decision.move) == ("moved", rules.Move(LAKESIDE, "P1"))
    elsewhere = amina(left, works(SOUTHFIELD, starts=date(2025, 1, 1), ends=YESTERDAY))
    assert decided(row(number="N-1001", unit="N-02"), elsewhere).verdict == "refused"


def test_work_in_another_branch_goes_on_when_somebody_is_moved() -> None:
    both = amina(works(SOUTHFIELD), works(NORTHGATE))
    decision = decided(row(number="N-1001", unit="N-02"), both)
    assert decision.move is not None
    assert [work.unit_id for work in decision.move.ends] == [NORTHGATE]


def test_a_change_that_is_planned_already_is_not_overtaken() -> None:
    planned = works(LAKESIDE, starts=TODAY + timedelta(days=9))
    decision = decided(row(number="N-1001", unit="N-02"), amina(works(), planned))
    assert decision.verdict == "refused"
    assert "2026-12-09" in reasons(decision)
    assert decided(row(number="N-1001", unit="N-01"), amina(works(), planned)).verdict == "same"


def test_whoever_may_not_know_a_function_neither_learns_nor_changes_it() -> None:
    special = amina(works(function="P2"))
    for function in ("P1", ""):
        listed = row(HALIMA, number="N-1001", unit="N-01", function=function)
        assert decided(listed, special, HALIMA) == Decision("same")
        moved = decided(
            row(HALIMA, number="N-1001", unit="N-02", function=function), special, HALIMA
        )
        assert moved.changes == {"unit": ["N-01", "N-02"]}
        assert moved.move is not None
        assert moved.move.function == "P2"
    told = decided(row(TRUSTED, number="N-1001", unit="N-01", function="P1"), special, TRUSTED)
    assert told.changes == {"function": ["P2", "P1"]}


def test_whoever_has_left_is_shut_out_unless_they_hold_more_than_the_viewer_could_give() -> None:
    listed = row(number="N-1001", active="no")
    assert decided(listed, amina()).changes == {"status": ["active", "disabled"]}
    assert decided(listed, amina(status="disabled")).verdict == "same"
    above = amina(roles=(Role("administrator", "/1/"),))
    assert decided(listed, above).verdict == "refused"
    myself = replace(amina(), id=GRACE.person_id)
    assert decided(listed, myself).verdict == "refused"


def test_a_list_lets_nobody_in_again() -> None:
    decision = decided(row(number="N-1001", active="yes"), amina(status="disabled"))
    assert decision.verdict == "same"
    assert "Open their page" in reasons(decision)
