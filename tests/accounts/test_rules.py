"""Pure decisions about people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts import rules
from lms.accounts.rules import SERVER
from lms.kernel.viewer import Role
from tests.people import Cast

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Amina Ben Salah", "AS"),
        ("Болат Сейтқали", "БС"),
        ("أمينة", "أ"),
        ("Jean-Pierre Dupont", "JD"),
        ("o'neil", "O"),
        ("", ""),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert rules.initials(name) == expected


@given(st.text())
def test_a_folded_number_is_folded_once_and_for_all(typed: str) -> None:
    folded = rules.folded_service_number(typed)
    assert rules.folded_service_number(folded) == folded


@pytest.mark.parametrize("typed", ["N-1001", "n 1001", "N1001", "n١٠٠١", "Ｎ１００１", "N–1001"])
def test_one_number_written_in_many_ways(typed: str) -> None:
    assert rules.folded_service_number(typed) == "n1001"


@pytest.mark.parametrize(
    ("machine", "idle", "age", "expected"),
    [
        ("unknown", 29, 60, None),
        ("unknown", 30, 60, "idle"),
        ("own", 29, 60, None),
        ("shared", 9, 60, None),
        ("shared", 10, 60, "idle"),
        ("own", 1, 720, "absolute"),
        ("own", 1, 719, None),
    ],
)
def test_when_time_ends_a_session(machine: str, idle: int, age: int, expected: str | None) -> None:
    made, seen = NOON - timedelta(minutes=age), NOON - timedelta(minutes=idle)
    assert rules.ended_by_time(machine, made, seen, NOON) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(5, None), (6, "idle"), (60 * 24, "idle")])
def test_a_session_from_a_clock_that_was_ahead_has_run_out(
    minutes: int, expected: str | None
) -> None:
    ahead = NOON + timedelta(minutes=minutes)
    assert rules.ended_by_time("own", ahead, ahead, NOON) == expected


def test_waiting_grows_from_the_fourth_failure_to_a_minute() -> None:
    waits = [int(rules.wait_after(failures).total_seconds()) for failures in range(1, 12)]
    assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60]
    assert rules.wait_after(10**9) == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("unix:" + "x" * 90, ("unix:" + "x" * 90)[:60]),
    ],
)
def test_what_counts_as_one_sender(address: str, network: str) -> None:
    assert rules.network_of(address) == network


@pytest.mark.parametrize("path", ["/", "/en/home", "/en/courses/x?y=1&z=%20"])
def test_paths_of_this_host(path: str) -> None:
    assert rules.path_on_this_host(path) == path


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "home",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a b",
        "/a\tb",
        "/a\nb",
        "javascript:alert(1)",
        "/a#b",
        "/" + "x" * 1000,
        "\\/evil",
        "/\x7f",
        "///evil.example",
        "http://[::1",
    ],
)
def test_everything_else_is_elsewhere(text: str | None) -> None:
    assert rules.path_on_this_host(text) is None


def test_nothing_secret_of_a_form_is_kept() -> None:
    fields = [
        ("csrf_token", "t"),
        ("held_form", "1"),
        ("password", "a"),
        ("new_password", "b"),
        ("present_password", "c"),
        ("key", "k"),
        ("note", "n"),
        ("note", "m"),
    ]
    assert rules.kept_fields(fields) == [("key", "k"), ("note", "n"), ("note", "m")]


def test_a_unit_is_at_or_below_itself_and_not_beside_a_number_that_begins_alike() -> None:
    assert rules.is_at_or_below("/1/2/", "/1/2/")
    assert rules.is_at_or_below("/1/2/3/", "/1/2/")
    assert not rules.is_at_or_below("/1/22/", "/1/2/")


def test_who_may_reset_whom(grace: Cast, amina: Cast) -> None:
    below = Role("trainer", "/1/2/4/")
    above = Role("administrator", "/1/")
    course = Role("author", None, "C01")
    assert rules.may_reset(grace.viewer, amina.id, [])
    assert rules.may_reset(grace.viewer, amina.id, [below])
    assert not rules.may_reset(grace.viewer, amina.id, [below, above])
    assert not rules.may_reset(grace.viewer, amina.id, [course])
    assert not rules.may_reset(grace.viewer, grace.id, [])
    assert rules.may_reset(SERVER, amina.id, [below, above, course])


def test_roles_that_read_what_is_confidential_end() -> None:
    assert rules.lacks_end("inspector", None)
    assert not rules.lacks_end("inspector", date(2026, 12, 31))
    assert not rules.lacks_end("trainer", None)


def test_the_server_itself_is_nobody_in_the_log(amina: Cast) -> None:
    assert rules.actor_id(SERVER) is None
    assert rules.actor_id(amina.viewer) == amina.id
