"""COSE_Sign1. The vector is eddsa-sig-01 of the COSE working group's examples for RFC 9052."""

import cbor2
import pytest
from cbor2 import CBORTag

from lms.signing import cbor, cose
from lms.signing.keys import is_signed_by
from tests.signing.office import signer

# RFC 8032 section 7.1, TEST 1, whose key the COSE example also uses.
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
EXAMPLE = bytes.fromhex(
    "D28445A201270300A10442313154546869732069732074686520636F6E74656E742E5840"
    "7142FD2FF96D56DB85BEE905A76BA1D0B7321A95C8C4D3607C5781932B7AFB87"
    "11497DFA751BF40B58B3BCC32300B1487F3DB34085EEF013BF08F4A44D6FEF0D"
)


def test_the_signed_structure_is_that_of_the_standard() -> None:
    protected, _, payload, signature = cbor2.loads(EXAMPLE).value

    assert payload == b"This is the content."
    assert is_signed_by(PUBLIC, signature, cose.to_be_signed(protected, payload))


def test_a_signed_message_reads_back_and_verifies() -> None:
    message = cose.read(cose.sign(b"facts", signer()))

    assert (message.payload, message.kid) == (b"facts", signer().kid)
    assert message.is_signed_by(signer().public)
    assert not message.is_signed_by(signer(2).public)


def test_a_message_is_tag_18_with_the_key_id_in_the_protected_header() -> None:
    data = cose.sign(b"facts", signer())

    assert data[0] == 0xD2
    protected, unprotected, payload, signature = cbor2.loads(data).value
    assert cbor2.loads(protected) == {1: -8, 4: signer().kid}
    assert (unprotected, payload, len(signature)) == ({}, b"facts", 64)


def test_a_token_tag_around_the_message_is_accepted() -> None:
    data = cose.sign(b"facts", signer())

    assert cose.read(b"\xd8\x3d" + data) == cose.read(data)


PROTECTED = cbor.pack({1: -8, 4: bytes(8)})


@pytest.mark.parametrize(
    "value",
    [
        [PROTECTED, {}, b"x", bytes(64)],
        CBORTag(17, [PROTECTED, {}, b"x", bytes(64)]),
        CBORTag(61, [PROTECTED, {}, b"x", bytes(64)]),
        CBORTag(18, [PROTECTED, {}, b"x"]),
        CBORTag(18, [PROTECTED, {4: bytes(8)}, b"x", bytes(64)]),
        CBORTag(18, [PROTECTED, {}, b"x", bytes(63)]),
        CBORTag(18, [PROTECTED, {}, None, bytes(64)]),
        CBORTag(18, [cbor.pack({1: -7, 4: bytes(8)}), {}, b"x", bytes(64)]),
        CBORTag(18, [cbor.pack({1: -8, 4: bytes(7)}), {}, b"x", bytes(64)]),
        CBORTag(18, [cbor.pack({1: -8}), {}, b"x", bytes(64)]),
        CBORTag(18, [cbor.pack({1: -8, 3: 0, 4: bytes(8)}), {}, b"x", bytes(64)]),
        CBORTag(18, [b"", {}, b"x", bytes(64)]),
        None,
    ],
)
def test_another_shape_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        cose.read(cbor.pack(value))


def test_bytes_left_over_are_refused() -> None:
    with pytest.raises(ValueError, match="deterministic"):
        cose.read(cose.sign(b"facts", signer()) + b"\0")


@pytest.mark.parametrize(
    "data", ["1817", "9f01ff", "a2020101 02", "a201010101", "f97e01", "ff", ""]
)
def test_cbor_in_another_than_the_deterministic_form_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match=r"form|CBOR"):
        cbor.unpack(bytes.fromhex(data))
