"""How long a certificate counts, in which languages it is printed, under which address."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lms.certificates import rules
from lms.certificates.rules import State
from lms.certificates.snapshot import CertificateSnapshot, Signatory
from lms.installation import Installation
from lms.settings import read
from tests.certificates.papers import ISSUERS, TITLES, snapshot

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("completed", "months", "last"),
    [
        (date(2026, 11, 22), 24, date(2028, 11, 22)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 12, 1), None, None),
    ],
)
def test_it_counts_whole_months(completed: date, months: int | None, last: date | None) -> None:
    assert rules.valid_through(completed, months) == last


@pytest.mark.parametrize(
    ("issued", "events", "last", "state"),
    [
        (False, (), None, State.MAKING),
        (True, (), None, State.VALID),
        (True, (), TODAY, State.VALID),
        (True, (), date(2026, 11, 23), State.EXPIRED),
        (True, ("replaced",), None, State.REPLACED),
        (True, ("replaced", "withdrawn"), None, State.WITHDRAWN),
        (False, ("withdrawn",), None, State.WITHDRAWN),
    ],
)
def test_its_state_is_the_gravest_that_is_true(
    issued: bool, events: tuple[str, ...], last: date | None, state: State
) -> None:
    found = rules.state_of(issued=issued, events=events, valid_through=last, today=TODAY)

    assert found is state


def test_the_second_language_is_the_countrys_next() -> None:
    assert rules.printed_languages("ar", ("ar", "fr", "en"), "tn") == ("ar", "fr")
    assert rules.printed_languages("fr", ("ar", "fr", "en"), "tn") == ("fr", "ar")
    assert rules.printed_languages("en", ("en",), "ug") == ("en", None)
    assert rules.printed_languages("ru", ("en", "ru"), "xx") == ("ru", "en")
    assert rules.printed_languages("en", ("en", "fr"), "xx") == ("en", None)


def test_the_number_begins_with_the_offices_letters_or_the_countrys() -> None:
    assert rules.number_prefix(Installation(country="kz")) == "KZ"
    assert rules.number_prefix(Installation(country="kz", certificate_prefix="KPS")) == "KPS"


def test_a_snapshot_comes_back_as_it_was_stored() -> None:
    stored = snapshot(
        "ar", "fr", signatories=(Signatory(ISSUERS, TITLES),), notes={"ar": ("x",)}, logos=("a",)
    )

    assert CertificateSnapshot.from_json(stored.to_json()) == stored


@pytest.mark.parametrize(
    "changes",
    [
        {"titles": {"fr": "only French"}},
        {"hours": 0},
        {"second_language": "en"},
        {"digits": "deva"},
        {"brand": "red"},
        {"logos": ("a", "b", "c", "d", "e")},
        {"signatories": (Signatory({}, {}),) * 4},
    ],
)
def test_a_snapshot_that_could_not_be_printed_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a certificate"):
        snapshot("en", **changes)


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        (
            {"TRUSTED_HOSTS": "a.example", "TLS_CERT": "c", "TLS_KEY": "k", "PORT": "443"},
            "https://a.example",
        ),
        (
            {
                "TRUSTED_HOSTS": "a.example,b.example",
                "TLS_CERT": "c",
                "TLS_KEY": "k",
                "PORT": "8443",
            },
            "https://a.example:8443",
        ),
        ({"TRUSTED_HOSTS": "a.example", "TRUSTED_PROXIES": "1"}, "https://a.example"),
        ({"TRUSTED_HOSTS": "10.1.2.3:8080", "PLAIN_HTTP": "yes"}, "http://10.1.2.3:8080"),
        ({"HOST": "::1"}, "http://[::1]:8000"),
        ({"TRUSTED_HOSTS": ".example,a.example"}, "http://a.example:8000"),
        ({"TRUSTED_HOSTS": ".example"}, "http://127.0.0.1:8000"),
    ],
)
def test_the_address_on_the_paper_is_the_one_people_type(
    environment: dict[str, str], address: str
) -> None:
    assert read(environment).public_address == address
