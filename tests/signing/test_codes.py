"""The code and the number on a certificate."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.signing import codes
from lms.signing.refusals import Unreadable

seeds = st.randoms(use_true_random=False)


@given(seeds)
@settings(max_examples=50)
def test_one_wrong_letter_never_passes(random: Random) -> None:
    code = codes.new_code(random.randrange)
    for place in range(12):
        for letter in codes.ALPHABET:
            other = code[:place] + letter + code[place + 1 :]
            assert codes.is_code(other) == (other == code)


@given(seeds)
@settings(max_examples=50)
def test_two_letters_exchanged_never_pass(random: Random) -> None:
    code = codes.new_code(random.randrange)
    for first in range(12):
        for second in range(first + 1, 12):
            letters = list(code)
            letters[first], letters[second] = letters[second], letters[first]
            assert codes.is_code("".join(letters)) == (code[first] == code[second])


def test_codes_are_twelve_letters_without_vowels_and_look_alikes() -> None:
    made = {codes.new_code() for _ in range(200)}

    assert len(made) == 200
    assert all(codes.is_code(code) for code in made)
    assert set("".join(made)) <= set("23456789CFGHJMPQRVWX")


def test_a_code_is_shown_in_three_groups() -> None:
    assert codes.shown("23456789CFGV") == "2345-6789-CFGV"


CODE = "23456789CFGV"


@pytest.mark.parametrize(
    "typed",
    [
        "2345-6789-CFGV",
        " 2345 6789 cfgv ",
        "2345–6789—cfgv",
        "٢٣٤٥ ٦٧٨٩ CFGV",
        "2345-6789-СFGV",  # Cyrillic С
        "\u20662345-6789-CFGV\u2069",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert codes.read_code(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2345-6789-CFG0", "“0” is in no code"),
        ("2345-6789-OFGC", "“O” is in no code"),
        ("2345-6789-CFI", "“I” is in no code"),
        ("2345-6789", "here are 8"),
        ("", "here are 0"),
        ("2345-6789-CFGV2", "here are 13"),
        ("2345-6789-CFVG", "mistyped"),
    ],
)
def test_a_slip_is_refused_with_what_to_look_at(typed: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        codes.read_code(typed)


def test_a_number_has_at_least_five_digits_and_reads_back() -> None:
    number = codes.CertificateNumber("TN", 2026, 417)

    assert str(number) == "TN-2026-00417"
    assert codes.read_number(" tn-2026–00417") == number
    assert str(codes.CertificateNumber("KZ", 2026, 123456)) == "KZ-2026-123456"


@pytest.mark.parametrize("typed", ["", "TN-26-00417", "TN-2026-417", "TN-2026-00000", "00417-2026"])
def test_another_form_of_number_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable, match="looks like TN-2026-00417"):
        codes.read_number(typed)


def test_a_number_that_could_not_be_read_back_is_not_made() -> None:
    with pytest.raises(ValueError, match="not a certificate number"):
        codes.CertificateNumber("T-N", 2026, 1)
