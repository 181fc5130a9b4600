"""Checking a certificate without a network: six checks, a sentence for each failure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.kernel.messages import Message
from lms.signing import base45, cbor, cose, payload, qr
from lms.signing.keys import KeyRing
from lms.signing.refusals import Unreadable
from lms.signing.verify import SENTENCES, Check, Outcome, verify
from lms.signing.withdrawals import WithdrawalList
from tests.signing.office import (
    CERTIFICATE,
    MONDAY,
    OPENED,
    TUESDAY,
    qr_text,
    ring,
    signer,
    withdrawn,
)


def outcome(
    text: str,
    *,
    keys: KeyRing | None = None,
    listed: WithdrawalList | None = None,
    now: datetime = TUESDAY,
) -> Outcome:
    return verify(text, keys or ring(), listed or withdrawn(), now).outcome


def signed(claims: object) -> str:
    return qr.text_of(cose.sign(cbor.pack(claims), signer()))


def test_a_good_certificate_shows_every_field_and_the_date_of_the_list() -> None:
    verdict = verify(qr_text(), ring(), withdrawn(12), TUESDAY)

    assert verdict.is_valid
    assert verdict.certificate == CERTIFICATE
    assert str(verdict.knowledge) == (
        "List dated 2026-11-23; withdrawals after that day are not known here."
    )
    assert verdict.checks == tuple((check, True) for check in Check)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Outcome.PREFIX),
        ("https://lms.example/v/2345-6789-CFGV", Outcome.PREFIX),
        ("ДЬЫС1Ж6BF", Outcome.KEYBOARD),
        ("مةس", Outcome.KEYBOARD),
        ("L?SC!M", Outcome.KEYBOARD),
        ("LMSC1:", Outcome.ENCODING),
        ("LMSC1:é", Outcome.ENCODING),
        ("LMSC1:" + "0" * 3000, Outcome.ENCODING),
        (qr_text()[:-3], Outcome.ENCODING),
        (qr_text(seed=2), Outcome.ISSUER_UNKNOWN),
        (qr_text(issuer="KZ"), Outcome.ISSUER_UNKNOWN),
        (qr_text(issued_at=OPENED - timedelta(days=2)), Outcome.KEY_NOT_IN_USE),
        (qr_text(issued_at=TUESDAY + timedelta(days=2)), Outcome.NOT_YET),
        (qr_text(valid_through=date(2026, 11, 23)), Outcome.EXPIRED),
        (qr_text(valid_through=date(2026, 11, 24)), Outcome.VALID),
        (qr_text(valid_through=None), Outcome.VALID),
        (qr_text(status_index=77), Outcome.WITHDRAWN),
        (qr_text(status_list=2), Outcome.NOT_COVERED),
        (signed({1: "TN-CGPR", 6: 0, -70002: {}}), Outcome.CONTENT),
        (signed("hello"), Outcome.CONTENT),
    ],
)
def test_each_failure_is_told_apart(text: str, expected: Outcome) -> None:
    assert outcome(text, listed=withdrawn(77)) is expected


def test_a_changed_text_is_told_from_an_unknown_issuer() -> None:
    text = qr_text()
    changed = text[:200] + ("0" if text[200] != "0" else "1") + text[201:]

    assert outcome(changed) is Outcome.SIGNATURE


def test_without_a_list_the_certificate_is_genuine_but_its_withdrawal_unknown() -> None:
    verdict = verify(qr_text(), ring(), None, TUESDAY)

    assert verdict.outcome is Outcome.NO_LIST
    assert not verdict.is_valid
    assert verdict.knowledge is None
    assert verdict.certificate == CERTIFICATE


def test_a_key_that_was_taken_back_proves_nothing_from_any_day() -> None:
    assert outcome(qr_text(), keys=ring(withdrawn=TUESDAY)) is Outcome.KEY_WITHDRAWN


def test_a_former_key_still_proves_what_it_signed_in_its_time() -> None:
    later = ring().with_key(signer(2).public, now=TUESDAY)

    assert outcome(qr_text(), keys=later) is Outcome.VALID
    assert outcome(qr_text(issued_at=TUESDAY), keys=later) is Outcome.KEY_NOT_IN_USE


def test_a_clock_behind_the_list_is_named_as_the_reason() -> None:
    assert outcome(qr_text(), now=MONDAY - timedelta(days=2)) is Outcome.CLOCK


def test_nothing_is_shown_whose_signature_does_not_hold() -> None:
    for text in (qr_text(seed=2), qr_text()[:-1] + "0", qr_text()[:-3]):
        assert verify(text, ring(), withdrawn(), TUESDAY).certificate is None


def test_checks_after_the_first_failure_are_not_claimed() -> None:
    verdict = verify(qr_text(valid_through=date(2026, 11, 23)), ring(), withdrawn(), TUESDAY)
    assert dict(verdict.checks)[Check.TIME] is False
    assert dict(verdict.checks)[Check.WITHDRAWAL] is None
    assert dict(verdict.checks)[Check.SIGNATURE] is True

    stranger = verify(qr_text(seed=2), ring(), withdrawn(), TUESDAY)
    assert dict(stranger.checks)[Check.SIGNATURE] is None
    assert dict(stranger.checks)[Check.ISSUER] is False


def test_every_outcome_has_a_sentence_of_its_own() -> None:
    assert set(SENTENCES) == set(Outcome)
    assert len(set(SENTENCES.values())) == len(Outcome)


@pytest.mark.parametrize(
    "arrived",
    [
        lambda text: f"  {text}\r\n",
        lambda text: "\n".join(text[start : start + 60] for start in range(0, len(text), 60)),
        lambda text: "\ufeff" + text,
        str.lower,
    ],
)
def test_a_wrapped_or_caps_locked_copy_is_still_the_same_text(
    arrived: Callable[[str], str],
) -> None:
    assert outcome(arrived(qr_text())) is Outcome.VALID


@given(st.data())
@settings(max_examples=150)
def test_no_flipped_byte_of_the_signed_message_ever_verifies(data: st.DataObject) -> None:
    message = bytearray(base45.decode(qr_text().removeprefix("LMSC1:")))
    place = data.draw(st.integers(0, len(message) - 1))
    message[place] ^= data.draw(st.integers(1, 255))

    assert not verify(qr.text_of(bytes(message)), ring(), withdrawn(), TUESDAY).is_valid


@given(st.data())
@settings(max_examples=150)
def test_no_flipped_byte_of_the_text_ever_verifies(data: st.DataObject) -> None:
    text = bytearray(qr_text().encode())
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] ^= data.draw(st.integers(1, 127))

    assert not verify(text.decode(), ring(), withdrawn(), TUESDAY).is_valid


@given(st.text(max_size=60), st.booleans())
@settings(max_examples=80)
def test_any_text_gets_a_verdict(text: str, prefixed: bool) -> None:
    assert not verify("LMSC1:" * prefixed + text, ring(), withdrawn(), TUESDAY).is_valid


names = st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3).map(tuple)


@given(names=names, hours=st.integers(1, 2000), index=st.integers(0, 131_071))
@settings(max_examples=60)
def test_what_is_signed_is_what_is_read(names: tuple[str, ...], hours: int, index: int) -> None:
    facts = replace(CERTIFICATE, names=names, hours=hours / 4, status_index=index)

    assert payload.unpack(payload.pack(facts)) == facts


def test_a_certificate_with_long_names_in_two_scripts_fits() -> None:
    long = ("عبد الرحمان بن محمد الطاهر بن عاشور", "Abderrahmane Ben Mohamed Taher Ben Achour")
    title = "Règles Nelson Mandela : la pratique quotidienne du personnel pénitentiaire"

    assert len(qr_text(names=long, course_title=title)) <= len("LMSC1:") + 750


def test_too_much_for_the_paper_is_refused_with_what_to_do() -> None:
    with pytest.raises(Unreadable, match="Give the course a short title") as refused:
        qr_text(course_title="x" * 500)

    assert isinstance(refused.value.message, Message)
    assert int(str(refused.value.message.values["excess"])) > 0


@pytest.mark.parametrize(
    "change", [{"hours": 0}, {"hours": 0.3}, {"names": ()}, {"status_index": -1}, {"hours": 501}]
)
def test_what_no_reader_accepts_is_not_signed(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="not of the form"):
        qr_text(**change)


def test_other_issuers_lists_say_nothing() -> None:
    assert outcome(qr_text(), listed=WithdrawalList("TN-CGPR", MONDAY, {})) is Outcome.NOT_COVERED
