"""What a sealed stream gives out, and what it refuses."""

from __future__ import annotations

import io
import secrets

import pytest

from lms.admin import sealed
from lms.admin.sealed import CHUNK, TAG, SealedReader, SealedWriter, SealError

HEAD = len(sealed.FORMAT) + sealed.SALT + sealed.CHECK


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "SCRYPT_N", 16)


def seal(data: bytes, step: int = 10_000) -> bytes:
    target = io.BytesIO()
    writer = SealedWriter(target, "a long passphrase")
    for start in range(0, len(data), step):
        writer.write(data[start : start + step])
    writer.close()
    return target.getvalue()


def opened(stream: bytes, passphrase: str = "a long passphrase") -> bytes:
    reader = SealedReader(io.BytesIO(stream), passphrase)
    found = b""
    while more := reader.read(7_777):
        found += more
    return found


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_goes_in_comes_out(size: int) -> None:
    data = secrets.token_bytes(size)
    assert opened(seal(data)) == data


def test_the_data_cannot_be_read_without_the_passphrase() -> None:
    assert b"issuing key" not in seal(b"issuing key")
    with pytest.raises(SealError, match="passphrase is not the one"):
        opened(seal(b"issuing key"), "another passphrase")


def test_every_kind_of_damage_is_refused() -> None:
    whole = seal(secrets.token_bytes(3 * CHUNK))
    size = CHUNK + TAG
    body = whole[HEAD:]
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    first, second, third = chunks
    for damaged in (
        [first, second, third[:-1]],
        [first, second],  # the end is missing
        [second, first, third],  # exchanged
        [first, first, second, third],  # repeated
        [first, third],
        [first, second, third, b"x"],
        [first[:100] + bytes([first[100] ^ 1]) + first[101:], second, third],
        [],
    ):
        with pytest.raises(SealError, match="damaged"):
            opened(whole[:HEAD] + b"".join(damaged))


def test_two_seals_of_the_same_bytes_differ() -> None:
    assert seal(b"same")[HEAD:] != seal(b"same")[HEAD:]
