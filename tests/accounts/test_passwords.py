"""Which passwords are refused, which codes are read, what hashing costs."""

from __future__ import annotations

import pytest

from lms.accounts import passwords
from lms.accounts.passwords import COMMON, as_code, fault_of, hashed, is_right, way_in
from tests.accounts.conftest import CODE, PASSWORD, SPARE


@pytest.mark.parametrize(
    "good",
    [
        PASSWORD,
        "correct mule battery",
        "сорок тысяч обезьян",
        "قمر فوق الجبل",
        "x7!kQp-29zLmW",
        "a b c d e f g",
    ],
)
def test_good_passwords(good: str) -> None:
    assert fault_of(good, ["Amina Ben Salah", "N-1001", "Prison Service Academy"]) is None


@pytest.mark.parametrize(
    "easy",
    [
        "password123",
        "Password2024!",
        "qwertyuiop",
        "1234567890",
        "йцукенгшщз",
        "azertyuiop",
        "aaaaaaaaaaaa",
        "abababababab",
        "motdepasse1",
        "1qaz2wsx3edc",
        "nelsonmandela",
        "PAROLPAROL",
        "ｐａｓｓｗｏｒｄ１２３",
        "iloveyou99",
        "marseille13!",
        "I Love Mother",
    ],
)
def test_passwords_that_many_people_choose(easy: str) -> None:
    assert fault_of(easy) is not None


@pytest.mark.parametrize("own", ["aminabensalah", "Salah-Amina-1", "prisonacademy9", "n1001 amina"])
def test_ones_own_names_make_no_password(own: str) -> None:
    words = ["Amina Ben Salah", "N-1001", "Prison Service Academy"]
    assert fault_of(own, words) is not None
    assert fault_of("amina likes tall trees", words) is None


def test_the_list_is_long_enough_and_sorted_text() -> None:
    lines = [line for line in COMMON.read_text("utf-8").splitlines() if not line.startswith("# ")]
    assert len(lines) > 3000
    assert len(set(lines)) == len(lines)
    assert all(line == line.casefold() and len(line) >= 5 for line in lines)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("cq7m-4f2x-hprw", CODE),
        (" CQ7M 4F2X HPRW ", CODE),
        (CODE, CODE),
        ("CQ7M4F2XHPR", None),
        ("CQ7M4F2XHPRO", None),
        (PASSWORD, None),
        ("", None),
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str, code: str | None) -> None:
    assert as_code(typed) == code


def test_what_opens() -> None:
    stored = {"password": hashed(PASSWORD), "code": hashed(CODE), "spare": hashed(SPARE)}
    assert way_in(PASSWORD, **stored) == "password"
    assert way_in("cq7m 4f2x hprw", **stored) == "code"
    assert way_in(SPARE, **stored) == "spare"
    assert way_in(PASSWORD + " ", **stored) is None
    assert way_in("", password=None, code=None, spare=None) is None


def test_nothing_fits_where_nothing_is_stored_or_what_is_stored_is_broken() -> None:
    assert not is_right(None, PASSWORD)
    assert not is_right("", PASSWORD)
    assert not is_right("no hash", PASSWORD)
    assert not is_right(None, "\0 no password has a null character at its start")


def test_the_parameters_are_those_of_the_design(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the quick hashing of the other tests
    assert hashed(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(hashed(PASSWORD))
