"""``lms people import`` and ``lms people undo`` do what the pages do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import func, select

from lms import files
from lms.accounts.importing.cli import people
from lms.accounts.models import StaffImport, StaffImportRow
from lms.app.commands import COMMANDS
from lms.extensions import db
from tests.accounts.importing.conftest import At
from tests.conftest import USAGE
from tests.people import Cast, Places

LIST = (
    "service number;name;place;e-mail\nN-9001;Zoé Bah;N-01;z@example.org\n"
    "N-1001;Amina Bah;N-01;\nN-9002;;S-01;\n"
)
Lms = Callable[..., Result]


@pytest.fixture
def lms(app: Flask) -> Lms:
    """Return a way to run ``lms people …``."""
    return lambda *words: CliRunner().invoke(
        people,
        [str(word) for word in words],
        obj=ScriptInfo(create_app=lambda: app, set_debug_flag=False),
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "list.csv"
    found.write_text(LIST)
    return found


def kept(app: Flask) -> tuple[list[str], int]:
    """Return the states of all lists, and how many rows and files are kept."""
    with app.app_context():
        states = list(db.session.scalars(select(StaffImport.state)))
        rows = db.session.scalar(select(func.count()).select_from(StaffImportRow)) or 0
        folder = app.config["LMS"].data / "lists"
        return states, rows + sum(path.is_file() for path in folder.rglob("*"))


def test_it_is_among_the_commands() -> None:
    assert COMMANDS["people"] == "lms.accounts.importing.cli:people"


def test_a_dry_run_tells_everything_and_keeps_nothing(
    app: Flask, lms: Lms, desk: At, amina: Cast, file: Path
) -> None:
    done = lms("import", file, "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["dry_run"] is True
    assert told["counts"] == {"new": 1, "changed": 1, "refused": 1}
    assert told["mapping"] == {"number": "service number", "name": "name", "unit": "place"}
    assert "must lead nobody to a family" in told["not_taken"]["e-mail"]
    assert told["read"]["encoding"] == "utf-8"
    assert [(each["row"], each["verdict"], each["number"]) for each in told["problems"]] == [
        (4, "refused", "N-9002")
    ]
    assert "has no name" in told["problems"][0]["reasons"][0]
    assert desk(None).identity("N-9001") is None
    assert kept(app) == (["dropped"], 0)


def test_it_takes_a_list_over_and_undoes_it(
    app: Flask, lms: Lms, desk: At, halima: Cast, amina: Cast, file: Path
) -> None:
    done = lms("import", file, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["done"] == {"new": 1, "changed": 1}
    here = desk(halima)
    assert here.identity("N-9001") is not None
    assert "list.csv" in here.browser.get("/en/administer/staff-lists").text
    undone = lms("undo", told["id"], "--json")
    assert json.loads(undone.output) == {"id": told["id"], "stayed": {}}
    assert here.identity("N-9001") is None
    again = lms("undo", told["id"])
    assert again.exit_code == 0
    assert "Undone." in again.output


def test_without_json_it_speaks_in_lines(lms: Lms, amina: Cast, file: Path) -> None:
    output = lms("import", file, "--dry-run").output
    assert "list.csv: 3 rows" in output
    assert "  number from service number" in output
    assert "New: 1" in output
    assert "  row 4, N-9002: Refused. Nobody has this number yet" in output
    assert output.rstrip().endswith("Nothing was changed.")
    output = lms("import", file).output
    assert "Done: New: 1" in output
    assert "lms people undo " in output


def test_columns_are_named_by_header_or_letter(
    lms: Lms, desk: At, places: Places, tmp_path: Path
) -> None:
    file = tmp_path / "odd.csv"
    file.write_bytes("who;what;where\nЗоя Бах;N-9001;N\n".encode("windows-1251"))
    done = lms(
        "import",
        file,
        "--encoding",
        "windows-1251",
        "--separator",
        "semicolon",
        "--mapping",
        "number=B",
        "--mapping",
        "name=Who",
        "--mapping",
        "unit=",
        "--unit",
        "N-01",
    )
    assert done.exit_code == 0, done.output
    zoya = desk(None).identity("N-9001")
    assert zoya is not None
    assert zoya.name == "Зоя Бах"
    assert desk(None).work_of(zoya.person_id)[0][0] == "N-01"


def test_places_and_the_missing(
    lms: Lms, desk: At, amina: Cast, chipo: Cast, tmp_path: Path
) -> None:
    places = tmp_path / "places.csv"
    places.write_text("code,parent,name\nN-02,N,Lakeside\n")
    assert lms("import", places, "--kind", "places").exit_code == 0
    assert desk(None).unit("N-02") is not None
    people_ = tmp_path / "people.csv"
    people_.write_text("number,name,place\nN-1001,,N-01\n")
    told = json.loads(lms("import", people_, "--end-missing", "--json").output)
    assert told["done"] == {"missing": 1}
    assert [(each["row"], each["number"]) for each in told["problems"]] == [(None, "N-1002")]
    assert desk(None).work_of(chipo.id)[0][3] is not None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--mapping", "salary=A"], "There is no field 'salary'."),
        (["--mapping", "number=Z"], "There is no column 'Z' that may be taken."),
        (["--mapping", "name=e-mail"], "There is no column 'e-mail' that may be taken."),
        (["--mapping", "number="], "Say which column tells one row from another."),
        (["--unit", "X-99"], "There is no place 'X-99'."),
    ],
)
def test_a_refusal_is_one_sentence(
    app: Flask, lms: Lms, amina: Cast, file: Path, words: list[str], sentence: str
) -> None:
    done = lms("import", file, *words)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output
    assert kept(app)[1] == 0


def test_a_file_that_is_no_list_is_refused(app: Flask, lms: Lms, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"a\0b")
    done = lms("import", file)
    assert done.exit_code == 1
    assert "neither CSV nor XLSX" in done.output
    assert kept(app) == (["dropped"], 0)


def test_what_was_never_taken_over_is_not_undone(lms: Lms, app: Flask) -> None:
    done = lms("undo", "00000000-0000-0000-0000-000000000001")
    assert done.exit_code == 1
    assert "There is nothing here" in done.output


def test_both_ways_decide_the_same(
    app: Flask, lms: Lms, desk: At, halima: Cast, amina: Cast, file: Path
) -> None:
    told: dict[str, Any] = json.loads(lms("import", file, "--dry-run", "--json").output)
    here = desk(halima)
    lines = LIST.splitlines()
    page = here.tried(*lines[1:], header=lines[0])
    assert here.at(page).counts == told["counts"]


def test_job_titles_are_told_and_said(
    app: Flask, lms: Lms, desk: At, amina: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "titles.csv"
    file.write_text(
        "service number;name;place;post\nN-9001;Zoé Bah;N-01;Warder\nN-9002;Ana Bah;N-01;WARDER\n"
    )
    told = json.loads(lms("import", file, "--dry-run", "--json").output)
    title = {"title": "Warder", "people": 2, "function": None, "rows": [2, 3]}
    assert (told["titles"], told["counts"]["refused"]) == ([title], 2)
    told = json.loads(lms("import", file, "--dry-run", "--json", "--title", "warder=P1").output)
    assert (told["titles"], told["counts"]) == (
        [{**title, "function": "P1"}],
        {"new": 2, "missing": 1},
    )
    lines = lms("import", file, "--dry-run").output
    assert "job title 'Warder', 2 people: none of ours, rows 2, 3; see --title" in lines
    # A dry run remembers nothing; a list that is taken over does.
    assert "job title 'Warder', 2 people: P1" in lms("import", file, "--title", "Warder=P1").output
    assert desk(None).identity("N-9002") is not None
    assert json.loads(lms("import", file, "--dry-run", "--json").output)["counts"]["same"] == 2


@pytest.mark.parametrize("said", ["Warder", "Warder=P8", "=P1", " =P1"])
def test_a_job_title_is_said_with_a_function(lms: Lms, file: Path, said: str) -> None:
    done = lms("import", file, "--dry-run", "--title", said)
    assert done.exit_code == 1
    assert "Write TITLE=FUNCTION with P1 to P7" in done.output


def test_a_full_disk_takes_no_list(
    app: Flask, lms: Lms, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "disk_usage", lambda _folder: USAGE(10**12, 10**12, 0))
    done = lms("import", file)
    assert done.exit_code == 1
    assert "The disk is nearly full" in done.output
    assert kept(app) == ([], 0)
