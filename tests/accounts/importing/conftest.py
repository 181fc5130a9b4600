"""Lists on their way: what an administrator sends, and a worker that takes the steps."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from lms.accounts.importing.columns import FIELDS
from lms.accounts.importing.steps import STEPS
from lms.accounts.models import Identity, Person, Posting, StaffImport, StaffImportRow, Unit
from lms.db import reading, transaction
from lms.extensions import db
from lms.jobs.running import run_due
from lms.kernel import clock
from tests.browser import Browser
from tests.people import Cast, Places, add_person

URL = "/en/administer/staff-lists"
HEADER = "service number;name;place;function;rank;sex;language"


@pytest.fixture
def halima(app: Flask, places: Places) -> Cast:
    """Halima Nabirye administers the whole country."""
    with app.app_context(), transaction() as session:
        return add_person(
            session,
            "Halima Nabirye",
            "HQ-1",
            places.country,
            function="P6",
            roles=(("administrator", places.country),),
        )


@dataclass
class Desk:
    """Somebody at the pages of lists, and the worker behind them."""

    app: Flask
    browser: Browser

    def send(
        self, data: str | bytes, name: str = "list.csv", kind: str = "people", **fields: Any
    ) -> TestResponse:
        """Send a file as the page of uploads does."""
        file = FileStorage(io.BytesIO(data.encode() if isinstance(data, str) else data), name)
        # Put together here: the test client leaves the file of a large body open.
        boundary, body = encode_multipart(
            {"file": file, "csrf_token": self.browser.csrf_token(), **fields}
        )
        path = f"{URL}/new?kind={kind}"
        kind_of_body = f"multipart/form-data; boundary={boundary}"
        reply = self.browser._counted("POST", path, data=body, content_type=kind_of_body)
        self.browser._check(path, reply)
        return reply

    def work(self, *, later: timedelta = timedelta(0)) -> int:
        """Let the worker do what is due; return how many steps that were."""
        with self.app.app_context():
            return run_due(
                reading, transaction, STEPS, "worker of a test", lambda: clock.now() + later
            )

    def read(self, *rows: str, header: str = HEADER, kind: str = "people") -> str:
        """Send a list and let it be read; return the address of its page."""
        reply = self.send("\n".join([header, *rows]), kind=kind)
        assert reply.status_code == 303
        self.work()
        return str(reply.location)

    def choose(self, page: str, **changes: str) -> TestResponse:
        """Send the form of columns as its page shows it, with changes."""
        import_id = UUID(page.rpartition("/")[2])
        listed = self.of(import_id)
        fields = listed.reading["fields"]
        chosen = {f"column_{name}": str(fields.get(name, "")) for name in FIELDS[listed.kind]}
        return self.browser.post(f"{page}/columns", {"language": "en", **chosen, **changes})

    def tried(self, *rows: str, kind: str = "people", header: str = HEADER, **changes: str) -> str:
        """Send a list and let it be tried; return the address of its page."""
        page = self.read(*rows, header=header, kind=kind)
        reply = self.choose(page, **changes)
        assert reply.status_code == 303
        self.work()
        return page

    def taken(
        self,
        *rows: str,
        kind: str = "people",
        header: str = HEADER,
        end_missing: bool = False,
        **changes: str,
    ) -> str:
        """Send a list and let it be taken over; return the address of its page."""
        page = self.tried(*rows, kind=kind, header=header, **changes)
        self.confirm(page, end_missing=end_missing)
        self.work()
        return page

    def confirm(self, page: str, *, end_missing: bool = False) -> TestResponse:
        """Press the button that takes a list over."""
        return self.browser.post(f"{page}/confirm", {"end_missing": "y"} if end_missing else {})

    def undone(self, page: str) -> None:
        """Let a list be undone."""
        assert self.browser.post(f"{page}/undo").status_code == 303
        self.work()

    def of(self, import_id: UUID) -> StaffImport:
        """Return a list as it is stored."""
        found: StaffImport = self._one(select(StaffImport).where(StaffImport.id == import_id))
        return found

    def at(self, page: str) -> StaffImport:
        """Return the list of a page as it is stored."""
        return self.of(UUID(page.rpartition("/")[2]))

    def rows(self, page: str) -> list[StaffImportRow]:
        """Return the rows of the list of a page."""
        found: list[StaffImportRow] = self._all(
            select(StaffImportRow)
            .where(StaffImportRow.import_id == self.at(page).id)
            .order_by(StaffImportRow.number)
        )
        return found

    def verdicts(self, page: str) -> list[tuple[int, str]]:
        """Return the number and verdict of each row."""
        return [(row.number, row.verdict) for row in self.rows(page)]

    def identity(self, number: str) -> Identity | None:
        """Return who has a number."""
        found = self._all(select(Identity).where(Identity.service_number == number))
        return found[0] if found else None

    def person(self, person_id: UUID) -> Person:
        """Return somebody as they are stored."""
        found: Person = self._one(select(Person).where(Person.id == person_id))
        return found

    def work_of(self, person_id: UUID) -> list[tuple[str, str, Any, Any]]:
        """Return where somebody works and worked: code, function, from, to."""
        with self.app.app_context():
            found = db.session.execute(
                select(Unit.code, Posting.function, Posting.starts_on, Posting.ends_on)
                .join(Unit, Unit.id == Posting.unit_id)
                .where(Posting.person_id == person_id)
                .order_by(Posting.starts_on, Posting.id)
            ).all()
            db.session.remove()
            return [(row.code, row.function, row.starts_on, row.ends_on) for row in found]

    def unit(self, code: str) -> Unit | None:
        """Return a place by its code."""
        found = self._all(select(Unit).where(Unit.code == code))
        return found[0] if found else None

    def _all(self, statement: Any) -> Any:
        with self.app.app_context():
            found = list(db.session.scalars(statement))
            for each in found:
                db.session.expunge(each)
            db.session.remove()
            return found

    def _one(self, statement: Any) -> Any:
        [found] = self._all(statement)
        return found


At = Callable[[Cast | None], Desk]


@pytest.fixture
def desk(app: Flask, browser: Callable[[Cast | None], Browser]) -> At:
    """Return a way to sit down as somebody: ``desk(grace)``."""
    return lambda person: Desk(app, browser(person))
