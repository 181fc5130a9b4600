"""A ``nation.toml`` says what was set, and keeps every other byte."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.content import nation_text as write
from lms.content.faults import Faults
from lms.content.model import BoxFacts, Limit, NationFacts
from lms.content.nation_tables import nation_facts

REAL = sorted((Path(__file__).parents[2] / "courses").glob("*/nations/*/nation.toml"))
FULL = '''\
# Tunisia. Asked for by the school.
validity_months = 12   # a year

[pass]
percent = 85           # the Director's order
attempts = 2

[items]
out = [
  "MR-1-014",          # asked elsewhere
  "MR-1-015",
]

# ---- boxes ----
[[box]]
code = "NA-01"         # the body
status = "draft"
legal_source = """
[[box]]
Law 1"""
date = 2026-11-24
checker = ""

# Hidden, since the law says otherwise.
[[hide]]
block = "mr11-1"
law = 'Law "2"'

[[box]]
code = "NA-02"
status = "empty"

[[close]]
module = "MR-4"
law = "Law 4"
[close.text]
fr = "Pas ici."

[[item]]
id = "MR-2-001"
law = "Law 5"

[[replace]]
block = "mr11-2"
law = "Law 6"
made_from = "3f1c0a9b2d44"
# The end.
'''
SHORT = (
    'box = [{code = "NA-01", status = "empty"}]\npass.percent = 85\nitems = {out = ["MR-1-014"]}\n'
    'hide = [{block = "mr11-1", law = "Law 2"}]\nclose = []\n'
)
TEXTS = [FULL, SHORT, "", "# Nothing yet.\n", FULL.removesuffix("# The end.\n"), "[items]\nout=[]"]
LAW = Limit('Law <7>, art. "3"', date(2026, 11, 29), "École")


SAID = {"fr": "Là.", "ar": "لا"}


def facts(text: str) -> NationFacts:
    faults = Faults()
    found = nation_facts("tn", "nation.toml", tomllib.loads(text), faults)
    assert list(faults) == []
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_a_box_is_set_and_the_rest_stays(text: str) -> None:
    before = facts(text)
    for code in ("NA-01", "NA-02", "NA-09"):
        after = write.set_box(
            text,
            code,
            status="confirmed",
            legal_source="Law 9",
            day=date(2026, 11, 29),
            checker="School",
            review_by=date(2027, 11, 29),
        )
        box = BoxFacts(code, "confirmed", "Law 9", date(2026, 11, 29), "School", date(2027, 11, 29))
        assert facts(after) == replace(before, boxes={**before.boxes, code: box})
        empty = write.set_box(after, code, status="empty")
        assert facts(empty).boxes[code] == BoxFacts(code, "empty", date=date(1970, 1, 1))


def test_comments_and_order_stay_beside_what_is_set() -> None:
    after = write.set_box(
        FULL,
        "NA-01",
        status="confirmed",
        legal_source="Law 9",
        day=date(2026, 11, 24),
        checker="School",
    )
    wanted = FULL.replace('"draft"', '"confirmed"').replace('"""\n[[box]]\nLaw 1"""', '"Law 9"')
    assert after == wanted.replace('checker = ""', 'checker = "School"')
    more = write.set_box(FULL, "NA-02", status="empty", review_by=date(2027, 1, 1))
    assert more == FULL.replace(
        'status = "empty"\n',
        'status = "empty"\nlegal_source = ""\nchecker = ""\nreview_by = 2027-01-01\n',
    )


Put = Callable[[str], str]
PAIRS: list[tuple[str, Put, Put, str, Callable[[NationFacts], Any]]] = [
    ("hide", lambda t: write.hide(t, "mr21-1", LAW), lambda t: write.unhide(t, "mr21-1"),
     "mr21-1", lambda n: n.hidden),
    ("replace", lambda t: write.replace(t, "mr21-2", replace(LAW, made_from="0" * 12)),
     lambda t: write.restore(t, "mr21-2"), "mr21-2", lambda n: n.replaced),
    ("close", lambda t: write.close_module(t, "MR-3", replace(LAW, words=SAID)),
     lambda t: write.open_module(t, "MR-3"), "MR-3", lambda n: n.closed),
    ("item", lambda t: write.close_item(t, "MR-3-001", LAW),
     lambda t: write.open_item(t, "MR-3-001"), "MR-3-001", lambda n: n.items_closed),
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("kind", "put", "take", "key", "part"), PAIRS, ids=lambda p: str(p)[:8])
def test_a_limit_is_set_and_taken_away_again(
    text: str, kind: str, put: Put, take: Put, key: str, part: Callable[[NationFacts], Any]
) -> None:
    before = facts(text)
    after = put(text)
    found = facts(after)
    assert dict(part(found)) == {**part(before), key: part(found)[key]}
    assert (part(found)[key].law, part(found)[key].date, part(found)[key].checker) == (
        LAW.law,
        LAW.date,
        LAW.checker,
    )
    if kind == "close":
        assert part(found)[key].words == SAID
    if kind == "replace":
        assert part(found)[key].made_from == "0" * 12
    assert put(after) == after
    assert facts(take(after)) == before
    if text in {FULL, "# Nothing yet.\n", TEXTS[4]}:
        # Behind a comment that stands close to the last table an empty line is left.
        assert take(after).replace('4"\n\n# The', '4"\n# The') == text
    assert take(text) == text


def test_what_stands_there_is_changed_in_place() -> None:
    after = write.hide(FULL, "mr11-1", Limit("Law 3", checker="School"))
    assert after == FULL.replace("law = 'Law \"2\"'", 'law = "Law 3"\nchecker = "School"')
    closed = write.close_module(FULL, "MR-4", Limit("Law 4", words={"fr": "Pas ici."}))
    assert closed == FULL
    other = write.close_module(FULL, "MR-4", Limit("Law 4", words={"ar": "لا"}))
    assert facts(other) == replace(facts(FULL), closed={"MR-4": Limit("Law 4", words={"ar": "لا"})})
    assert facts(write.close_module(FULL, "MR-4", Limit("Law 4"))).closed["MR-4"].words == {}


def test_a_comment_below_what_is_taken_away_stays() -> None:
    assert write.restore(FULL, "mr11-2").endswith('law = "Law 5"\n\n# The end.\n')
    assert "# Hidden" in write.unhide(FULL, "mr11-1")
    first = write.open_module(write.open_item(FULL, "MR-2-001"), "MR-4")
    assert facts(first) == replace(
        facts(FULL), closed={}, items_closed={}, items_out=frozenset({"MR-1-014", "MR-1-015"})
    )


@pytest.mark.parametrize("text", TEXTS)
def test_items_the_course_and_the_rules(text: str) -> None:
    before = facts(text)
    out = write.set_items(text, ["MR-1-014", "MR-9-001"])
    assert facts(out).items_out == {"MR-1-014", "MR-9-001", *before.items_closed}
    assert facts(write.set_items(out, [])).items_out == set(before.items_closed)
    closed = write.close_course(text, LAW)
    assert facts(closed) == replace(before, closed_course=LAW)
    assert facts(write.open_course(closed)) == before
    strict = write.set_pass(text, {"percent": 90, "pause_hours": 0})
    assert facts(strict).pass_rule == {**before.pass_rule, "percent": 90, "pause_hours": 0}
    as_course = write.set_pass(
        strict, dict.fromkeys(("percent", "attempts", "window_days", "pause_hours"))
    )
    assert facts(as_course) == replace(before, pass_rule={})
    assert "pass" not in tomllib.loads(as_course)
    short = write.set_validity(text, 6)
    assert facts(short) == replace(before, validity_months=6)
    assert facts(write.set_validity(short, None)) == replace(before, validity_months=None)


def test_from_what_core_an_item_was_left_out_is_said_of_those_alone() -> None:
    one = write.set_items("", ["AB-1-001"], {"AB-1-001": "0123456789ab"})
    assert facts(one).items_from == {"AB-1-001": "0123456789ab"}
    two = write.set_items(one, ["AB-1-001", "AB-1-002"])
    assert facts(two).items_from == {"AB-1-001": "0123456789ab"}
    three = write.set_items(two, ["AB-1-002"], {"AB-1-002": "ba9876543210"})
    assert facts(three).items_from == {"AB-1-002": "ba9876543210"}
    assert facts(write.set_items(three, ["AB-1-003"])).items_from == {}
    assert "made_from" not in write.set_items(three, ["AB-1-003"])
    assert write.set_items(three, []).strip() == ""


def test_what_a_box_was_filled_from_stays_when_the_rest_changes() -> None:
    text = write.keep_box(write.set_box("", "NA-01", status="draft"), "NA-01", "0123456789ab")
    assert facts(text).boxes["NA-01"].made_from == "0123456789ab"
    other = write.set_box(text, "NA-01", status="draft", legal_source="Law 1")
    assert facts(other).boxes["NA-01"].made_from == "0123456789ab"
    assert facts(write.review_box(other, "NA-01")).boxes["NA-01"].status == "under-review"


def test_a_file_without_an_end_of_its_last_line_gets_one() -> None:
    assert write.hide("[items]\nout=[]", "x", Limit("L")) == (
        '[items]\nout=[]\n\n[[hide]]\nblock = "x"\nlaw = "L"\n'
    )


@pytest.mark.parametrize("path", REAL, ids=lambda path: f"{path.parts[-4]}-{path.parts[-2]}")
def test_shipped_layers_stay_as_they_are_but_for_what_is_set(path: Path) -> None:
    text = path.read_text()
    before = facts(text)
    for code, box in before.boxes.items():
        same = write.set_box(
            text,
            code,
            status=box.status,
            legal_source=box.legal_source,
            day=box.date,
            checker=box.checker,
        )
        assert same == text
    code = next(iter(before.boxes))
    after = write.set_box(text, code, status="under-review", legal_source="Law 9", day=None)
    box = BoxFacts(code, "under-review", "Law 9", date(1970, 1, 1))
    assert facts(after) == replace(before, boxes={**before.boxes, code: box})
    hidden = write.hide(text, "x1-1", LAW)
    assert hidden.startswith(text)
    assert write.unhide(hidden, "x1-1") == text


# ---- Any text ----------------------------------------------------------------------------------

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\"\\'#[]{}=\n"), max_size=30
)
NAMES = st.sampled_from(["NA-01", "NA-02", "NA-03"])
BLANKS = st.sampled_from(["", "\n", "\n\n", "# a note\n", "\n# [[box]] no table\n\n", "  # in\n"])


@st.composite
def layers(draw: st.DrawFn) -> str:
    """Return a ``nation.toml`` with boxes and hidden blocks in any order, and comments between."""
    parts = [draw(BLANKS)]
    for code in draw(st.permutations(["NA-01", "NA-02", "b1-1", "b1-2"])):
        law = draw(WORDS)
        written = (
            f"'''\n{law}'''"
            if "'''" not in law and not law.endswith("'") and draw(st.booleans())
            else '"' + law.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        )
        note = draw(st.sampled_from(["", "  # [x] a note", "   "]))
        if code.startswith("NA"):
            parts.append(f'[[box]]\ncode = "{code}"{note}\nstatus = "draft"\n')
            parts.append(f"legal_source = {written}{note}\n")
        else:
            parts.append(f'[[hide]]{note}\nblock = "{code}"\n{draw(BLANKS)}law = {written}\n')
        parts.append(draw(BLANKS))
    return "".join(parts)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(text=layers(), code=NAMES, law=WORDS)
def test_any_layer_says_what_was_set_and_all_else_as_before(text: str, code: str, law: str) -> None:
    before = facts(text)
    after = write.set_box(text, code, status="draft", legal_source=law, day=date(2026, 11, 29))
    box = BoxFacts(code, "draft", law, date(2026, 11, 29))
    assert facts(after) == replace(before, boxes={**before.boxes, code: box})
    shown = write.unhide(text, "b1-1")
    assert facts(shown) == replace(before, hidden={"b1-2": before.hidden["b1-2"]})
    for new in (write.hide(text, "b9-9", LAW), write.set_validity(text, 6)):
        lines = iter(new.split("\n"))
        assert all(line in lines for line in text.rstrip("\n").split("\n"))
    again = write.hide(shown, "b1-1", before.hidden["b1-1"])
    assert facts(again) == before
