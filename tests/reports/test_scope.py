"""Under every role and filter page, CSV and XLSX say the same, and nothing of other places."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import update

from lms.accounts.models import Identity, Unit
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.reports.figures import Table
from lms.reports.queries import reads_country
from lms.reports.registry import MODULES, report
from lms.reports.report import Question
from tests.course import SmallCourse
from tests.kept import kept
from tests.people import Cast, Places, add_person
from tests.reports.conftest import Open
from tests.reports.requiring import require
from tests.reports.same import Reports

NOW = datetime.now(UTC)
CANARY = "=HYPERLINK(1)<b>x</b>"


@pytest.fixture
@kept
def busy(app: Flask, hygiene: SmallCourse, crowd: list[Cast], places: Places) -> None:
    """A service in which every report has something to say, with hostile names."""
    with app.app_context(), transaction() as session:
        require(session, hygiene.id, now=NOW)
        session.execute(
            update(Unit).where(Unit.code == "N-01").values(names={"en": f"{CANARY} Northgate"})
        )
        session.execute(
            update(Identity).where(Identity.person_id == crowd[0].id).values(name=CANARY)
        )
    for number, person in enumerate(crowd):
        hygiene.begin(person)
        hygiene.sit(person, "pre", right=False)
        hygiene.read(person)
        hygiene.sit(person, right=number % 3 > 0)


@pytest.fixture
@kept
def readers(app: Flask, places: Places, dana: Cast, omar: Cast, grace: Cast) -> dict[str, Cast]:
    """Return who reads reports, by role and place."""
    with app.app_context(), transaction() as session:
        south = add_person(
            session, "Sami", "HQ-8", places.country, roles=(("observer", places.south),)
        )
        gate = add_person(
            session, "Gita", "HQ-9", places.country, roles=(("administrator", places.northgate),)
        )
    return {"country": dana, "observer": omar, "region": grace, "south": south, "facility": gate}


READERS = ("country", "observer", "region", "south", "facility")


def addresses(app: Flask, reader: Cast, name: str) -> Iterator[str]:
    """Yield the report with each choice of each of its filters."""
    yield name
    with app.app_context():
        found = report(name).answer(Question(db.session(), reader.viewer, "en", clock.now().date()))
        for each in found.filters:
            for code, _ in each.choices:
                yield f"{name}?{each.name}={code}"


def may_open(reader: Cast, name: str) -> bool:
    wanted = report(name)
    if wanted.country and not reads_country(reader.viewer):
        return False
    return not wanted.names or reader.viewer.holds("administrator")


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("name", MODULES)
def test_every_form_says_the_same(
    app: Flask, browser: Open, busy: None, readers: dict[str, Cast], who: str, name: str
) -> None:
    reader = readers[who]
    here = Reports(app, browser(reader))
    if not may_open(reader, name):
        assert here.browser.get(f"/en/reports/{name}").status_code == 404
        return
    for address in addresses(app, reader, name):
        page = here.page(address)
        for table in re.findall(r'data-table="([a-z]+)"', page):
            shown = here.shown(address, table)
            if shown:
                assert here.exported(address, "csv", table) == plain(shown)
                assert here.exported(address, "xlsx", table) == plain(shown)


def plain(rows: list[list[str]]) -> list[list[str]]:
    """Return what the page shows as a spreadsheet has it: no cell begins like a formula."""
    return [[f"'{cell}" if cell.startswith("=") else cell for cell in row] for row in rows]


@pytest.mark.parametrize("name", MODULES)
def test_nothing_of_other_places_is_in_it(
    app: Flask, busy: None, readers: dict[str, Cast], name: str
) -> None:
    """Neither a name of a place nor of a person from elsewhere, whatever is asked."""
    strangers = {"south": ("North",), "facility": ("Southfield",)}
    for who, foreign in strangers.items():
        reader = readers[who]
        if not may_open(reader, name):
            continue
        for address in addresses(app, reader, name):
            filters = dict([address.partition("?")[2].split("=")]) if "?" in address else {}
            with app.app_context():
                answer = report(name).answer(
                    Question(db.session(), reader.viewer, "en", clock.now().date(), filters)
                )
                said = [
                    *labels(answer.tables),
                    *(str(c) for f in answer.filters for c in f.choices),
                ]
            assert not [each for each in said for word in foreign if word in each]


def labels(tables: object) -> list[str]:
    found: list[Table] = list(tables)  # type: ignore[call-overload]
    return [str(line.label.words) for table in found for line in table.lines]


@pytest.mark.parametrize("name", [name for name in MODULES if not report(name).names])
def test_no_page_and_no_file_names_anybody(
    app: Flask, browser: Open, busy: None, readers: dict[str, Cast], crowd: list[Cast], name: str
) -> None:
    """But who asked for the file. ``T-`` begins the service number of everybody of the crowd."""
    here = Reports(app, browser(readers["country"]))
    for address in addresses(app, readers["country"], name):
        page = here.page(address)
        said = [page.encode()]
        for table in re.findall(r'data-table="([a-z]+)"', page):
            said.append(here.file(address, "csv", table))
            with zipfile.ZipFile(io.BytesIO(here.file(address, "xlsx", table))) as book:
                said += [book.read(part) for part in book.namelist()]
        for text in said:
            found = text.decode("utf-8", "replace")
            assert not re.search(r"Person \d|\bT-\d", found)


def test_hostile_names_are_shown_and_not_run(
    app: Flask, browser: Open, busy: None, dana: Cast
) -> None:
    here = Reports(app, browser(dana))
    page = here.page("facility?unit=N-01")
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    data = here.file("facility?unit=N-01", "csv").decode("utf-8-sig")
    assert not [line for line in data.splitlines() if re.match(r'"?[=+@-]', line)]
    assert f"'{CANARY}" in data
