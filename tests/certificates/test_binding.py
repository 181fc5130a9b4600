"""Papers bound into one PDF."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest

from lms.certificates import pdf
from lms.certificates.office.binding import Binder
from lms.certificates.office.rules import Series, series
from tests.certificates.papers import LABELS, NAMES, snapshot


def paper(language: str, number: str) -> bytes:
    return pdf.render(snapshot(language, number=number), NAMES[language], LABELS)


def bound(*papers: bytes) -> bytes:
    out = io.BytesIO()
    binder = Binder(out)
    for each in papers:
        binder.add(each)
    binder.finish()
    return out.getvalue()


def pages(data: bytes, folder: Path) -> list[bytes]:
    """Return the picture of each page."""
    path = folder / "bound.pdf"
    path.write_bytes(data)
    subprocess.run(["pdftoppm", "-r", "40", str(path), str(folder / "page")], check=True)
    return [each.read_bytes() for each in sorted(folder.glob("page-*.ppm"))]


def test_each_page_looks_as_it_was_issued_in_the_given_order(tmp_path: Path) -> None:
    papers = [
        paper("ar", "TN-2026-00001"),
        paper("kk", "KZ-2026-00001"),
        paper("en", "UG-2026-00001"),
    ]
    alone = []
    for place, each in enumerate(papers):
        folder = tmp_path / str(place)
        folder.mkdir()
        alone += pages(each, folder)
    assert pages(bound(*papers), tmp_path) == alone


def test_the_same_paper_twice_is_two_pages_that_share_everything(tmp_path: Path) -> None:
    one = paper("en", "UG-2026-00001")
    assert len(pages(bound(one, one), tmp_path)) == 2
    assert len(bound(one, one)) < len(one) + 5_000


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 and nothing", b"x" * 500])
def test_another_kind_of_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="a PDF without"):
        bound(data)


def test_missing_numbers_are_found_in_each_country_and_year() -> None:
    numbers = ["TN-2026-00001", "TN-2026-00003", "TN-2027-00001", "KZ-2026-00002"]
    assert series(numbers) == [
        Series("KZ-2026", 2, 1, (1,)),
        Series("TN-2026", 3, 2, (2,)),
        Series("TN-2027", 1, 1, ()),
    ]
    assert series([]) == []
