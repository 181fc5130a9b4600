"""The sentences for a wrong clock and a full disk, and the reserve that buys time."""

from __future__ import annotations

import shutil
from collections import namedtuple
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms import installation
from lms.admin import actions
from lms.admin.banners import Known, Watch, install_banners
from lms.admin.night import LAST_CHECK
from lms.admin.reserve import FULL
from lms.audit import actions as audit
from lms.certificates.actions import RING
from lms.db import transaction
from lms.kernel import clock
from lms.settings import Settings
from tests.browser import Browser
from tests.people import Cast

Usage = namedtuple("Usage", "total used free")
GB = 1_000_000_000


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a way to fill the disk: ``disk(free)``."""

    def fill(free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(100 * GB, 100 * GB - free, free))

    fill(50 * GB)
    return fill


@pytest.fixture
def watch(app: Flask, disk: Any) -> Watch:
    return install_banners(app)


def front(app: Flask) -> str:
    return Browser(app).get("/en/").text


def test_nothing_is_said_when_all_is_well(app: Flask, watch: Watch) -> None:
    watch.look()
    said = front(app)
    assert "clock of the server" not in said
    assert "disk of the server" not in said


def test_a_clock_before_the_build_date_is_told_on_every_page(
    app: Flask, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    assert "The clock of the server says 1 January 2020, 00:00" in front(app)


def test_a_clock_behind_the_newest_record_is_told(
    app: Flask, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime.now(UTC)
    with app.app_context(), transaction() as session:
        audit.append(session, None, "test.written", "1", {}, now=moment)
        # Somebody signs in under the clock that went back.
        audit.append(session, None, "sign-in.done", "1", {}, now=moment - timedelta(hours=2))
    watch.look()
    for behind, told in ((timedelta(minutes=1), False), (timedelta(hours=2), True)):
        monkeypatch.setattr(clock, "now", lambda behind=behind: moment - behind)
        assert ("was recorded at" in front(app)) is told


def test_the_database_is_asked_once_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def ask() -> Known:
        asked.append(1)
        return Known()

    watch = Watch(tmp_path, ask)
    at = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: at[0])
    for at[0], times in ((0.0, 1), (59.0, 1), (60.0, 2), (61.0, 2)):
        watch.look()
        assert len(asked) == times
        watch.clock()
        watch.disk()
        assert len(asked) == times


def test_a_disk_that_fills_up_is_told_until_there_is_room_again(
    app: Flask, watch: Watch, disk: Any
) -> None:
    nearly, quite = "disk of the server is nearly full", "is full, so nothing can be saved"
    for free, told in (
        (499_000_000, nearly),
        (1_000_000, nearly),
        (999_999, quite),
        (0, quite),
        (50 * GB, None),
    ):
        disk(free)
        watch.look()
        assert [said for said in (nearly, quite) if said in front(app)] == [told] * bool(told)


def test_a_damaged_database_is_told_until_it_is_whole_again(
    app: Flask, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: at[0])
    for fault, told in ((None, False), ("page 7 is not in use", True), (None, False)):
        with app.app_context(), transaction() as session:
            facts = {LAST_CHECK: {"at": clock.now().isoformat(), "fault": fault}}
            installation.decide(session, facts, now=clock.now())
        at[0] += 100
        watch.look()
        assert ("database of the server is damaged" in front(app)) is told


@pytest.mark.parametrize(
    ("host", "proxies", "told"),
    [("10.1.2.3", 0, True), ("10.1.2.3", 1, False), ("127.0.0.1", 0, False)],
)
def test_a_line_on_which_passwords_are_readable_is_told_to_administrators_alone(
    settings: Settings,
    another_app: Callable[[Settings], Flask],
    grace: Cast,
    amina: Cast,
    host: str,
    proxies: int,
    told: bool,
) -> None:
    served = another_app(
        replace(settings, host=host, trusted_proxies=proxies, trusted_hosts=("localhost",))
    )
    for person, reads in ((grace, told), (amina, False), (None, False)):
        page = Browser(served, person).client.get("/en/home" if person else "/en/").text
        assert ("passwords can be read by whoever listens" in page) is reads


def test_administrators_are_told_of_a_key_that_is_lost(
    app: Flask, watch: Watch, grace: Cast, amina: Cast
) -> None:
    def told(person: Cast) -> bool:
        said = Browser(app, person).get("/en/home").text
        return "key that signs certificates is no longer on this server" in said

    watch.look()
    assert not told(grace)  # nothing was issued yet, so no key is missed
    with app.app_context(), transaction() as session:
        installation.decide(session, {RING: "a list of keys"}, now=clock.now())
    watch._asked = float("-inf")
    watch.look()
    assert (told(grace), told(amina)) == (True, False)
    with app.app_context(), transaction() as session:
        actions.let_issue(session, issues=False, now=clock.now())
    watch._asked = float("-inf")
    watch.look()
    assert not told(grace)  # a station needs none


def test_the_reserve_is_taken_given_up_and_taken_again(app: Flask, watch: Watch, disk: Any) -> None:
    path = app.config["LMS"].data / "reserve"
    watch.look()
    assert path.stat().st_size == path.stat().st_blocks * 512 == 64 * 1024 * 1024
    disk(FULL - 1)
    watch.look()
    assert not path.exists()
    disk(500_000_000)
    watch.look()
    assert not path.exists()  # not while the disk is still nearly full
    disk(1 * GB)
    watch.look()
    assert path.exists()


def test_a_data_folder_that_is_gone_stops_nothing(tmp_path: Path) -> None:
    watch = Watch(tmp_path / "gone", Known)
    watch.look()
    assert watch.disk() is None


def test_the_thread_looks_and_ends(tmp_path: Path, disk: Any) -> None:
    disk(1000)
    watch = Watch(tmp_path, Known)
    watch.start()
    watch.stop()
    assert watch.disk() is not None
    assert not watch._thread.is_alive()
