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

CONTENTS = "3c" * 32
PACKAGE = b"the bytes of a package"
EDITION = SignedEdition(
    issuer="TN-CGPR",
    signed=MONDAY,
    course="C01",
    edition="3.1",
    core="1a" * 32,
    nation="tn",
    layer="2b" * 32,
    contents=CONTENTS,
)


def signed(edition: SignedEdition = EDITION, seed: int = 1) -> str:
    return editions.text_of(editions.sign(edition, signer(seed)))


def claims_signed(claims: object) -> str:
    """Sign something else with the issuer's key, as an issuer never would."""
    return PREFIX + base45.encode(cose.sign(cbor.pack(claims), signer()))


def test_a_genuine_package_gives_back_what_was_signed() -> None:
    assert editions.verify(signed(), CONTENTS, ring(), TUESDAY) == EDITION


def test_an_edition_without_a_nation_is_signed_too() -> None:
    core = replace(EDITION, nation="")

    assert editions.verify(signed(core), CONTENTS, ring(), TUESDAY) == core


def test_line_breaks_and_small_letters_of_a_copied_text_do_no_harm() -> None:
    text = signed()
    broken = "\n".join(text[start : start + 60] for start in range(0, len(text), 60)) + "\n"

    assert editions.verify(broken, CONTENTS, ring(), TUESDAY) == EDITION
    assert editions.verify(text.lower(), CONTENTS, ring(), TUESDAY) == EDITION


def test_a_signature_stays_good_when_its_key_was_replaced_later() -> None:
    replaced = ring(valid_until=TUESDAY)

    assert editions.verify(signed(), CONTENTS, replaced, TUESDAY + timedelta(days=9)) == EDITION


FACTS = {1: "C01", 2: "3.1", 3: b"1" * 32, 4: "tn", 5: b"2" * 32, 6: b"3" * 32}
Case = tuple[str, str, KeyRing, datetime]
CASES: dict[str, Callable[[], Case]] = {
    "that begins with LMSE2:": lambda: ("hello", CONTENTS, ring(), TUESDAY),
    "not the signature of a course": lambda: (qr_text(), CONTENTS, ring(), TUESDAY),
    "damaged or incomplete": lambda: (signed()[:-9], CONTENTS, ring(), TUESDAY),
    "issuer of this course is not known": lambda: (signed(seed=2), CONTENTS, ring(), TUESDAY),
    "is not known here": lambda: (
        signed(replace(EDITION, issuer="KZ-CGPR")), CONTENTS, ring(), TUESDAY,
    ),
    "signature does not fit": lambda: (altered(signed()), CONTENTS, ring(), TUESDAY),
    "not the signature of a course that can be read": lambda: (
        qr_text().replace("LMSC1:", PREFIX), CONTENTS, ring(), TUESDAY,
    ),
    "took this key back on 2026-11-24": lambda: (
        signed(), CONTENTS, ring(withdrawn=TUESDAY), TUESDAY,
    ),
    "On the day of the signature, 2025-12-31": lambda: (
        signed(replace(EDITION, signed=OPENED - timedelta(days=1))), CONTENTS, ring(), TUESDAY,
    ),
    "which is still to come": lambda: (signed(), CONTENTS, ring(), MONDAY - timedelta(days=3)),
    "not what was signed": lambda: (signed(), "3d" * 32, ring(), TUESDAY),
    "for edition 3.1 of the course C01": lambda: (signed(), "", ring(), TUESDAY),
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
        editions.verify(claims_signed(claims), CONTENTS, ring(), TUESDAY)


@given(st.integers(0, 10_000), st.integers(0, 7))
@settings(max_examples=60)
def test_no_bit_can_be_changed(place: int, bit: int) -> None:
    message = bytearray(base45.decode(signed().removeprefix(PREFIX)))
    message[place % len(message)] ^= 1 << bit

    with pytest.raises(Unreadable):
        editions.verify(PREFIX + base45.encode(bytes(message)), CONTENTS, ring(), TUESDAY)


def test_what_is_no_digest_is_not_signed() -> None:
    with pytest.raises(ValueError, match=r"digest|hex"):
        editions.sign(replace(EDITION, contents="0" * 10), signer())


# ---- Signatures of the first editions, over the bytes of a package ------------------------------


def older() -> str:
    facts = {**FACTS, 6: sha256(PACKAGE).digest()}
    claims = {1: "TN-CGPR", 6: int(MONDAY.timestamp()), editions.OLDER_CLAIM: facts}
    return editions.text_of(cose.sign(cbor.pack(claims), signer()))


def test_an_older_signature_is_verified_with_the_bytes_of_the_package() -> None:
    text = older()
    assert text.startswith("LMSE1:")
    assert editions.is_older(text.lower())
    assert not editions.is_older(signed())

    found = editions.verify_older(text, PACKAGE, ring(), TUESDAY)
    assert (found.course, found.edition, found.nation) == ("C01", "3.1", "tn")
    with pytest.raises(Unreadable, match="not what was signed"):
        editions.verify_older(text, PACKAGE + b"!", ring(), TUESDAY)


def test_a_signature_of_one_kind_does_not_pass_for_the_other() -> None:
    """Else the digest of a package would be taken for that of the contents."""
    digest = sha256(PACKAGE).hexdigest()
    turned = PREFIX + older().removeprefix(editions.OLDER_PREFIX)
    with pytest.raises(Unreadable, match="not the signature of a course that can be read here"):
        editions.verify(turned, digest, ring(), TUESDAY)
    with pytest.raises(Unreadable, match="begins with LMSE2:"):
        editions.verify(older(), digest, ring(), TUESDAY)
    with pytest.raises(Unreadable, match="begins with LMSE1:"):
        editions.verify_older(signed(), PACKAGE, ring(), TUESDAY)


def test_only_an_unknown_key_leaves_open_whether_it_is_genuine() -> None:
    with pytest.raises(editions.UnknownIssuer):
        editions.verify(signed(seed=2), CONTENTS, ring(), TUESDAY)
    with pytest.raises(Unreadable) as caught:
        editions.verify(altered(signed()), CONTENTS, ring(), TUESDAY)
    assert not isinstance(caught.value, editions.UnknownIssuer)
