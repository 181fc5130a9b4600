"""Reads the same table from the page, the CSV file and the XLSX file, as lists of texts."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import dataclass
from uuid import uuid4

from flask import Flask
from python_calamine import CalamineWorkbook

from lms.db import reading, transaction
from lms.files import FileStore
from lms.jobs.models import Job
from lms.jobs.running import run_due
from lms.kernel import clock
from lms.reports.steps import STEPS
from tests.browser import Browser

Rows = list[list[str]]


@dataclass(frozen=True)
class Reports:
    """Opens reports as somebody and asks for their files."""

    app: Flask
    browser: Browser

    def page(self, path: str, *, most_queries: int = 6) -> str:
        """Open ``/en/reports/<path>`` and return its text."""
        reply = self.browser.get(f"/en/reports/{path}", most_queries=most_queries)
        assert reply.status_code == 200, reply.status
        return reply.text

    def shown(self, path: str, table: str = "") -> Rows:
        """Return the lines of a table of the page: label and figures, as plain text."""
        which = table or '[^"]*'
        page = self.page(path)
        if "There is nothing to count here yet." in page and "<tbody>" not in page:
            return []
        found = re.search(
            rf'<section class="flow" data-table="{which}">(.*?)</section>',
            page,
            re.DOTALL,
        )
        assert found, "no table"
        return [
            [_plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL)]
            for line in re.findall(r"<tr>(.*?)</tr>", found[1].partition("<tbody>")[2], re.DOTALL)
        ]

    def file(self, path: str, form: str, table: str = "", key: str = "") -> bytes:
        """Let the worker make the file of a table and return it."""
        name, _, query = path.partition("?")
        filters = dict(pair.split("=") for pair in query.split("&") if pair)
        reply = self.browser.post(
            f"/en/reports/{name}/export",
            {**filters, "table": table, "form": form, "key": key or uuid4().hex},
        )
        assert reply.status_code == 303, reply.status
        with self.app.app_context():
            run_due(reading, transaction, STEPS, "worker of a test", clock.now)
        with self.app.app_context():
            job = reading().get_one(Job, int(reply.location.rpartition("/")[2]))
            assert job.state == "done", job.error
            assert job.result is not None
            return FileStore(self.app.config["LMS"].data / "files").get(job.result["file"])

    def exported(self, path: str, form: str, table: str = "", key: str = "") -> Rows:
        """Return the lines of a table's file below the heads; ``form`` is csv or xlsx."""
        data = self.file(path, form, table, key)
        return _of_csv(data) if form == "csv" else _of_xlsx(data)


def _plain(cell: str) -> str:
    """Return what a cell says: no tags, nothing that only a screen reader hears, one language."""
    alone = re.sub(r'<small class="beside".*?</small>', "", cell, flags=re.DOTALL)
    said = re.sub(r'<span class="vh">.*?</span>', "", alone, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]*>", "", said)).strip()
    told = re.sub(r"(?<=\d),(?=\d{3})| ?%$", "", text.replace("\xa0", " ")).replace("–", "")
    # A page shows all figures of a column with as many decimals; a file has the number.
    return told.rstrip("0").rstrip(".") if re.fullmatch(r"-?\d+\.\d+", told) else told


def _of_csv(data: bytes) -> Rows:
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    return [[re.sub(r"\.0$", "", cell) for cell in line] for line in lines[lines.index([]) + 2 :]]


def _of_xlsx(data: bytes) -> Rows:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [[_cell(each) for each in line] for line in book.get_sheet_by_index(1).to_python()[1:]]


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
