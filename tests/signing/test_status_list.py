"""The published withdrawal list. Example: W3C Bitstring Status List v1.0, section 1.2."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.signing import status_list
from lms.signing.refusals import Unreadable
from lms.signing.status_list import MINIMUM_ENTRIES, StatusList
from tests.signing.office import MONDAY, OPENED, ring, signer

EXAMPLE = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def test_the_example_of_the_standard_is_a_list_of_131072_without_withdrawals() -> None:
    assert status_list.decode(EXAMPLE) == bytes(16_384)


def test_place_0_is_the_left_most_bit() -> None:
    assert status_list.bits_of([0])[0] == 0b1000_0000
    assert status_list.bits_of([9])[:2] == bytes([0, 0b0100_0000])


@given(st.sets(st.integers(0, MINIMUM_ENTRIES - 1), max_size=40))
@settings(max_examples=25)
def test_a_published_list_holds_exactly_the_withdrawn_places(places: set[int]) -> None:
    text = status_list.encode(status_list.bits_of(places))

    assert text.startswith("u")
    assert set(status_list.places_set(status_list.decode(text))) == places
    assert all(status_list.is_set(status_list.decode(text), place) for place in places)


def test_a_list_is_never_smaller_than_the_standard_asks() -> None:
    with pytest.raises(ValueError, match="131,072"):
        status_list.bits_of([], entries=8)
    with pytest.raises(ValueError, match="not in a list"):
        status_list.bits_of([MINIMUM_ENTRIES])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zAA",
        "u",
        "uAAAA",
        EXAMPLE[:-8],
        status_list.encode(bytes(10)),
        status_list.encode(bytes(2 << 20)),
        "uH4sI!!",
    ],
)
def test_a_cut_foreign_or_exploding_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        status_list.decode(text)


def test_a_new_place_is_random_and_never_a_used_one() -> None:
    below = random.Random(7).randrange
    used: set[int] = set()
    for _ in range(64):
        place = status_list.pick_place(used, entries=64, below=below)
        assert place not in used
        used.add(place)

    assert used == set(range(64))
    with pytest.raises(ValueError, match="full"):
        status_list.pick_place(used, entries=64)


LIST = StatusList("TN-CGPR", 1, MONDAY, status_list.bits_of([4711]))


def test_a_signed_list_reads_back() -> None:
    assert status_list.read(LIST.seal([signer()]), ring()) == LIST


def test_a_changed_or_foreign_list_is_refused() -> None:
    document = json.loads(LIST.seal([signer()]))
    document["encodedList"] = EXAMPLE

    with pytest.raises(Unreadable, match="not signed by an issuer known here"):
        status_list.read(json.dumps(document), ring())
    with pytest.raises(Unreadable, match="not signed by an issuer known here"):
        status_list.read(LIST.seal([signer(2)]), ring())
    with pytest.raises(Unreadable, match="not signed by an issuer known here"):
        status_list.read(LIST.seal([signer()]), ring(withdrawn=OPENED))
