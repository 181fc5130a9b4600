"""Lists are deleted after thirty days; that there was one stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from lms.accounts.importing import actions
from lms.accounts.models import StaffImport
from lms.admin import housekeeping
from lms.db import transaction
from lms.kernel import clock
from tests.accounts.importing.conftest import At
from tests.people import Cast


def tidy(app: Flask, now: datetime) -> None:
    with app.app_context(), transaction() as session:
        housekeeping.tidy(session, {}, None, now=now)


def test_lists_go_after_thirty_days_with_file_rows_and_preview(
    app: Flask, desk: At, grace: Cast
) -> None:
    here = desk(grace)
    tried = here.tried("N-9001;Zoé Bah;N-01;;;;")
    taken = here.taken("N-9002;Erlan Bah;N-01;;;;")
    lists = {page: here.at(page) for page in (tried, taken)}
    folder = app.config["LMS"].data / "lists"
    done_at = max(listed.done_at or listed.made_at for listed in lists.values())
    tidy(app, done_at + timedelta(days=30) - timedelta(minutes=1))
    assert here.rows(taken) != []
    tidy(app, done_at + timedelta(days=30, minutes=1))
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    for page, state in ((tried, "dropped"), (taken, "done")):
        left = here.at(page)
        assert here.rows(page) == []
        assert (left.state, left.file, left.file_name, left.mapping) == (state, "", "", {})
        assert "sample" not in left.reading
        assert left.counts == lists[page].counts
        assert here.browser.get(page).status_code == 200
    assert here.identity("N-9002") is not None


def test_work_that_was_stopped_for_thirty_days_does_not_go_on(
    app: Flask, desk: At, grace: Cast
) -> None:
    here = desk(grace)
    page = here.tried("N-9001;Zoé Bah;N-01;;;;")
    here.confirm(page)
    tidy(app, clock.now() + timedelta(days=31))
    here.work()
    assert here.at(page).state == "done"
    assert here.identity("N-9001") is None
    assert here.browser.post(f"{page}/undo").status_code == 409


def test_a_list_that_is_undone_late_keeps_its_rows_until_it_is(
    app: Flask, desk: At, grace: Cast
) -> None:
    """Trying may take days: thirty days count from when it was taken over."""
    here = desk(grace)
    page = here.taken("N-9001;Zoé Bah;N-01;;;;")
    with app.app_context(), transaction() as session:
        listed = session.get_one(StaffImport, here.at(page).id)
        listed.made_at -= timedelta(days=29)
    tidy(app, clock.now() + timedelta(days=29))
    assert here.rows(page) != []
    assert actions.may_be_undone(here.at(page), now=clock.now() + timedelta(days=29))
