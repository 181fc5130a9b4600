"""Text in form NFC, in linear time."""

from __future__ import annotations

import time
import unicodedata

import pytest

from lms.kernel.composed import MOST_MARKS, composed


@pytest.mark.parametrize(
    "text", ["plain", "Été", "E\u0301te\u0301", "мәтін й", "شَدَّة", "😀 e\u0301"]
)
def test_usual_text_comes_out_in_form_nfc(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "marks", ["\u0301\u0316", "\u064e\u0651", "\U0001e000\U0001e8d0", "\u0316\U0001d165"]
)
def test_a_heap_of_marks_on_a_letter_is_cut(marks: str) -> None:
    started = time.process_time()
    found = composed("x" + marks * 200_000 + "y")
    assert time.process_time() - started < 2
    assert found[-1] == "y"
    assert len(found) <= MOST_MARKS + 2
