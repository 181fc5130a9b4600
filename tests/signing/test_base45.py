"""Base45. Vectors: RFC 9285 sections 4.3 and 4.4."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.signing import base45


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_it_agrees_with_the_examples_of_the_standard(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["GGW", "::", "A", "BB8B", "bb8", "É", "BB\n"])
def test_what_the_standard_forbids_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base45|large"):
        base45.decode(text)


@given(st.binary(max_size=64))
@settings(max_examples=60)
def test_every_text_comes_back_and_never_ends_in_a_space(data: bytes) -> None:
    text = base45.encode(data)

    assert base45.decode(text) == data
    assert not text.endswith(" ")


@given(st.text(alphabet=base45.ALPHABET, max_size=24))
@settings(max_examples=60)
def test_no_two_texts_mean_the_same_bytes(text: str) -> None:
    try:
        data = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(data) == text
