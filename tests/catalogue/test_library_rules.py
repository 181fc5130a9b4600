"""What is a PDF, how many pages it has, whose file comes first."""

from __future__ import annotations

import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.catalogue.library import rules
from tests.desk.library.papers import pdf


@pytest.mark.parametrize("packed", [False, True], ids=["open", "packed"])
@pytest.mark.parametrize("pages", [1, 2, 300])
def test_pages_are_counted(pages: int, packed: bool) -> None:
    assert rules.pages_of(pdf(pages, packed=packed)) == pages


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7", pdf(0), pdf(5001), b"%PDF-1 /Type /ObjStm >> stream\nnot packed"]
)
def test_what_cannot_be_counted_is_not_known(data: bytes) -> None:
    assert rules.pages_of(data) is None


def test_a_bomb_is_unpacked_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_UNPACKED", 1000)
    stream = zlib.compress(b"/Type /Page " * 100_000)
    one = b"<< /Type /ObjStm >> stream\n" + stream + b"\nendstream "
    assert (rules.pages_of(b"%PDF-1.7 " + one * 50) or 0) <= 100


def test_many_streams_take_no_time() -> None:
    """Each of them is as long as the file where nothing ends it."""
    began = time.process_time()
    rules.pages_of(b"%PDF-1.7 " + b"/Type /ObjStm >>stream\n" * 800_000)
    assert time.process_time() - began < 5


@given(some.binary(max_size=300))
def test_anything_may_be_sent(data: bytes) -> None:
    pages = rules.pages_of(b"%PDF-1.7 /Type /ObjStm >> stream\n" + data)
    assert pages is None or pages > 0


def test_a_reader_gets_their_own_language_first() -> None:
    assert rules.own_first(["ru", "en", "ar"], "ar") == ["ar", "en", "ru"]
    assert rules.own_first(["ru", "en"], "kk") == ["en", "ru"]
