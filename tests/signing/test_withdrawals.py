"""The withdrawal list as one text to carry."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.signing import withdrawals
from lms.signing.refusals import Unreadable
from lms.signing.withdrawals import WithdrawalList
from tests.signing.office import MONDAY, OPENED, qr_text, ring, signer, withdrawn

places = st.frozensets(st.integers(0, 131_071), max_size=30)


@given(st.dictionaries(st.integers(1, 9), places, max_size=3))
@settings(max_examples=40)
def test_a_list_reads_back_with_every_place(lists: dict[int, frozenset[int]]) -> None:
    listed = WithdrawalList("TN-CGPR", MONDAY, lists)

    assert withdrawals.read(withdrawals.seal(listed, signer()), ring()) == listed


def test_ten_thousand_withdrawals_stay_small() -> None:
    many = random.Random(1).sample(range(131_072), 10_000)

    assert len(withdrawals.seal(withdrawn(*many), signer())) < 25_000


def test_a_list_that_is_not_mentioned_is_not_covered() -> None:
    assert withdrawn(3).covers(1)
    assert not withdrawn(3).covers(2)
    assert withdrawn(3).holds(1, 3)
    assert not withdrawn(3).holds(2, 3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not a withdrawal list"),
        (qr_text(), "not a withdrawal list"),
        (qr_text().replace("LMSC1:", "LMSW1:"), "not a withdrawal list"),
        (withdrawals.seal(withdrawn(3), signer())[:-9], "damaged or incomplete"),
        (withdrawals.seal(withdrawn(3), signer(2)), "not signed by an issuer known here"),
        (
            withdrawals.seal(WithdrawalList("KZ", MONDAY, {}), signer()),
            "of another issuer",
        ),
    ],
)
def test_each_failure_has_its_own_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        withdrawals.read(text, ring())


def test_a_changed_list_is_refused() -> None:
    text = withdrawals.seal(withdrawn(3), signer())
    changed = text[:-2] + ("00" if text[-2:] != "00" else "10")

    with pytest.raises(Unreadable, match="changed after it was signed"):
        withdrawals.read(changed, ring())


def test_a_key_that_was_taken_back_signs_no_list() -> None:
    with pytest.raises(Unreadable, match="not signed by an issuer known here"):
        withdrawals.read(
            withdrawals.seal(withdrawn(3), signer()), ring(withdrawn=OPENED + timedelta(days=1))
        )
