"""What a list of places would do: the whole list is decided together."""

from __future__ import annotations

from uuid import UUID

import pytest

from lms.accounts.importing.place_rules import KnownPlace, ListedPlace, decide, read_place
from lms.accounts.importing.rules import Decision
from lms.accounts.importing.steps import vocabulary
from lms.accounts.rules import SERVER
from lms.kernel.viewer import Role, Viewer

GRACE = Viewer(UUID(int=1), "en", roles=(Role("administrator", "/1/2/"),))
HALIMA = Viewer(UUID(int=2), "en", roles=(Role("administrator", "/1/"),))


def known(number: int, code: str, kind: str, path: str, parent: str | None) -> KnownPlace:
    return KnownPlace(UUID(int=number), code, kind, path, parent, {"en": code}, closed=False)


REGISTER = [
    known(1, "XX", "country", "/1/", None), known(2, "N", "region", "/1/2/", "XX"),
    known(3, "S", "region", "/1/3/", "XX"), known(4, "N-01", "facility", "/1/2/4/", "N"),
    KnownPlace(UUID(int=5), "N-99", "facility", "/1/2/5/", "N", {"en": "Old"}, closed=True),
]  # fmt: skip


def listed(*rows: str) -> list[tuple[int, ListedPlace]]:
    """Return rows written as ``code parent kind name_en``; a dot stands for an empty cell."""
    fields = {"code": 0, "parent": 1, "kind": 2, "name_en": 3}
    cells = [[cell.replace(".", "") for cell in row.split()] for row in rows]
    return [(at, read_place(each, fields, vocabulary())) for at, each in enumerate(cells, 2)]


def decided(*rows: str, viewer: Viewer = HALIMA) -> list[tuple[ListedPlace, Decision]]:
    found = decide(listed(*rows), REGISTER, viewer)
    return [found[number] for number in sorted(found)]


def one(row: str, viewer: Viewer = HALIMA) -> tuple[ListedPlace, Decision]:
    return decided(row, viewer=viewer)[0]


def why(decision: Decision) -> str:
    return " ".join(str(each) for each in decision.reasons)


def test_a_place_is_added_below_one_that_is_there() -> None:
    place, decision = one("N-02 N facility Lakeside")
    assert decision == Decision("new")
    assert place.facts() == {
        "code": "N-02",
        "parent": "N",
        "kind": "facility",
        "names": {"en": "Lakeside"},
        "level": 2,
    }


def test_the_kind_follows_from_the_place_above() -> None:
    assert one("N-02 n . Lakeside")[0].kind == "facility"
    assert one("W . . West")[0] == ListedPlace("W", "XX", "region", {"en": "West"})


def test_places_of_one_list_stand_below_each_other_in_any_order() -> None:
    found = decided("W-01-A W-01 . Wing", "W-01 W . Westgate", "W XX région West")
    assert [(place.kind, decision.verdict) for place, decision in found] == [
        ("section", "new"),
        ("facility", "new"),
        ("region", "new"),
    ]


def test_a_name_that_differs_is_changed_and_others_stay() -> None:
    assert one("N-01 . . Northgate")[1] == Decision(
        "changed", (), {"name_en": ["N-01", "Northgate"]}
    )
    assert one("n-01 N facility N-01")[1] == Decision("same")
    assert one("N-01 . . .")[1] == Decision("same")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("N-99 . . Old", "is closed"),
        ("N-01 S . Northgate", "stands below N."),
        ("N-01 . region Northgate", "of another kind"),
        ("W-01 X . West", "no open place “X”"),
        ("W-01 N-99 . West", "no open place “N-99”"),
        ("W-01 N section West", "Below a Region stands a Facility"),
        ("W-01 N country West", "Below a Region stands a Facility"),
        ("W-01 N . .", "at least one language"),
        ("W-01 N palace West", "“palace” is no kind of place"),
        ("W/?1 N . West", "A code has letters"),
        ("W" + "1" * 30 + " N . West", "A code has letters"),
        ("W-01 N . Wеst", "mixes letters of two scripts"),
        ("YY . country Land", "Below a Country stands a Region"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(row: str, reason: str) -> None:
    decision = one(row)[1]
    assert decision.verdict == "refused"
    assert reason in why(decision)


def test_places_of_another_branch_are_out_of_reach() -> None:
    assert one("N-02 N . Lakeside", GRACE)[1].verdict == "new"
    assert "no open place “S”" in why(one("S-02 S . Lakeside", GRACE)[1])
    assert "do not administer it" in why(one("S . . South", GRACE)[1])
    assert "no open place" in why(one("W . region West", GRACE)[1])


def test_a_code_that_stands_twice_counts_once() -> None:
    first, second = decided("N-02 N . Lakeside", "n-02 N . Seaside")
    assert (first[1].verdict, second[1].verdict) == ("new", "duplicate")
    assert "in row 2 already" in why(second[1])


def test_codes_that_differ_in_a_dash_are_two() -> None:
    assert [each.verdict for _, each in decided("N-12 N . A", "N1-2 N . B")] == ["new", "new"]


def test_a_place_below_itself_is_refused() -> None:
    found = decided("A B . A", "B C . B", "C A . C", "D D . D")
    assert {decision.verdict for _, decision in found} == {"refused"}
    assert "below itself" in why(found[0][1])


def test_a_place_below_one_that_is_refused_is_refused() -> None:
    found = decided("W . palace West", "W-01 W . Westgate")
    assert [decision.verdict for _, decision in found] == ["refused", "refused"]


def test_a_long_chain_is_decided_without_end() -> None:
    rows = [f"C{at} C{at + 1} . Name" for at in range(1999)]
    assert {decision.verdict for _, decision in decided(*rows)} == {"refused"}


def test_only_the_server_adds_the_country_to_an_empty_register() -> None:
    rows = listed("XX . country Land", "N . . North")
    for viewer, verdicts in ((SERVER, ["new", "new"]), (HALIMA, ["refused", "refused"])):
        found = decide(rows, [], viewer)
        assert [found[number][1].verdict for number in (2, 3)] == verdicts
