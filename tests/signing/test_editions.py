"""The signature of an edition: what is signed, and a sentence of its own for each failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.signing import base45, cbor, cose, editions
from lms.signing.editions import PREFIX, SignedEdition
from lms.signing.keys import KeyRing
from lms.signing.refusals import Unreadable
from tests.signing.office import MONDAY, OPENED, TUESDAY, qr_text, ring, signer

PACKAGE = b"the bytes of a package"
EDITION = SignedEdition(
    issuer="TN-CGPR", signed=MONDAY, course="C01", edition="3.1", core="1a" * 32, nation="tn",
    layer="2b" * 32, package=sha256(PACKAGE).hexdigest(),
)  # fmt: skip


def signed(edition: SignedEdition = EDITION, seed: int = 1) -> str:
    return editions.text_of(editions.sign(edition, signer(seed)))


def claims_signed(claims: object) -> str:
    """Sign something else with the issuer's key, as an issuer never would."""
    return PREFIX + base45.encode(cose.sign(cbor.pack(claims), signer()))


def test_a_genuine_package_gives_back_what_was_signed() -> None:
    assert editions.verify(signed(), PACKAGE, ring(), TUESDAY) == EDITION


def test_an_edition_without_a_nation_is_signed_too() -> None:
    core = replace(EDITION, nation="")

    assert editions.verify(signed(core), PACKAGE, ring(), TUESDAY) == core


def test_line_breaks_and_small_letters_of_a_copied_text_do_no_harm() -> None:
    text = signed()
    broken = "\n".join(text[start : start + 60] for start in range(0, len(text), 60)) + "\n"

    assert editions.verify(broken, PACKAGE, ring(), TUESDAY) == EDITION
    assert editions.verify(text.lower(), PACKAGE, ring(), TUESDAY) == EDITION


def test_a_signature_stays_good_when_its_key_was_replaced_later() -> None:
    replaced = ring(valid_until=TUESDAY)

    assert editions.verify(signed(), PACKAGE, replaced, TUESDAY + timedelta(days=9)) == EDITION


FACTS = {1: "C01", 2: "3.1", 3: b"1" * 32, 4: "tn", 5: b"2" * 32, 6: b"3" * 32}
Case = tuple[str, bytes, KeyRing, datetime]
CASES: dict[str, Callable[[], Case]] = {
    "that begins with LMSE1:": lambda: ("hello", PACKAGE, ring(), TUESDAY),
    "not the signature of a course": lambda: (qr_text(), PACKAGE, ring(), TUESDAY),
    "damaged or incomplete": lambda: (signed()[:-9], PACKAGE, ring(), TUESDAY),
    "issuer of this course is not known": lambda: (signed(seed=2), PACKAGE, ring(), TUESDAY),
    "is not known here": lambda: (
        signed(replace(EDITION, issuer="KZ-CGPR")), PACKAGE, ring(), TUESDAY,
    ),
    "signature does not fit": lambda: (altered(signed()), PACKAGE, ring(), TUESDAY),
    "not the signature of a course that can be read": lambda: (
        qr_text().replace("LMSC1:", PREFIX), PACKAGE, ring(), TUESDAY,
    ),
    "took this key back on 2026-11-24": lambda: (
        signed(), PACKAGE, ring(withdrawn=TUESDAY), TUESDAY,
    ),
    "On the day of the signature, 2025-12-31": lambda: (
        signed(replace(EDITION, signed=OPENED - timedelta(days=1))), PACKAGE, ring(), TUESDAY,
    ),
    "which is still to come": lambda: (signed(), PACKAGE, ring(), MONDAY - timedelta(days=3)),
    "not what was signed": lambda: (signed(), PACKAGE + b"!", ring(), TUESDAY),
    "for edition 3.1 of the course C01": lambda: (signed(), b"", ring(), TUESDAY),
}  # fmt: skip


def altered(text: str) -> str:
    """Change the last byte of the signature."""
    message = bytearray(base45.decode(text.removeprefix(PREFIX)))
    message[-1] ^= 1
    return PREFIX + base45.encode(bytes(message))


@pytest.mark.parametrize("sentence", CASES)
def test_each_failure_has_its_own_sentence(sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        editions.verify(*CASES[sentence]())


@pytest.mark.parametrize(
    "claims",
    [
        {},
        [],
        {1: "TN-CGPR", 6: 1, editions.CLAIM_EDITION: {}},
        {1: "TN-CGPR", 6: -1, editions.CLAIM_EDITION: FACTS},
        {1: "TN-CGPR", 6: 2**60, editions.CLAIM_EDITION: FACTS},
        {1: "TN-CGPR", 6: True, editions.CLAIM_EDITION: FACTS},
        {1: "TN-CGPR", 6: 1, 4: 2, editions.CLAIM_EDITION: FACTS},
        {1: "TN-CGPR", 6: 1, editions.CLAIM_EDITION: {**FACTS, 7: "more"}},
        {1: "TN-CGPR", 6: 1, editions.CLAIM_EDITION: {**FACTS, 6: b"short"}},
        {1: "TN-CGPR", 6: 1, editions.CLAIM_EDITION: {**FACTS, 3: "text"}},
    ],
)
def test_claims_of_another_shape_are_refused_though_the_issuer_signed_them(claims: object) -> None:
    with pytest.raises(Unreadable, match="not the signature of a course that can be read here"):
        editions.verify(claims_signed(claims), PACKAGE, ring(), TUESDAY)


@given(st.integers(0, 10_000), st.integers(0, 7))
@settings(max_examples=60)
def test_no_bit_can_be_changed(place: int, bit: int) -> None:
    message = bytearray(base45.decode(signed().removeprefix(PREFIX)))
    message[place % len(message)] ^= 1 << bit

    with pytest.raises(Unreadable):
        editions.verify(editions.text_of(bytes(message)), PACKAGE, ring(), TUESDAY)


def test_what_is_no_digest_is_not_signed() -> None:
    with pytest.raises(ValueError, match=r"digest|hex"):
        editions.sign(replace(EDITION, package="0" * 10), signer())
