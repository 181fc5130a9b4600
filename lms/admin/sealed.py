"""A stream that only a passphrase opens: what a backup is wrapped in when it leaves the server.

Layout: a line that names the format, 16 bytes of salt, 16 bytes that tell a wrong passphrase
from a damaged file, then chunks of 64 KiB, each with its ChaCha20-Poly1305 tag. The nonce of a
chunk is its number and whether it is the last, so that chunks can be neither exchanged nor cut
off at the end. The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as in age.
"""

from __future__ import annotations

import hmac
import secrets
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lms.kernel.messages import Message, msg

FORMAT = b"lms sealed backup 1\n"
CHUNK = 64 * 1024
SALT, CHECK, TAG = 16, 16, 16
# 64 MiB and about a quarter of a second for each guess; fixed by the format, so that a file
# cannot ask for more memory than the machine has.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**16, 8, 2


class SealError(Exception):
    """The stream cannot be opened; the message says why."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence; its English form is what a terminal shows."""
        super().__init__(str(message))
        self.message = message


WRONG_PASSPHRASE = Message(msg("This passphrase is not the one of this backup."))
DAMAGED = Message(
    msg("This backup is damaged or was cut off; nothing in it can be trusted. Use another one.")
)


class SealedWriter:
    """Encrypts what is written to it. It is complete only after ``close``."""

    def __init__(self, target: IO[bytes], passphrase: str) -> None:
        """Write the head to ``target``, which the caller opens and closes."""
        salt = secrets.token_bytes(SALT)
        key, check = _derive(passphrase, salt)
        self._target, self._cipher = target, ChaCha20Poly1305(key)
        self._waiting, self._number = bytearray(), 0
        target.write(FORMAT + salt + check)

    def write(self, data: bytes) -> int:
        """Take ``data``; a chunk is written when it is certain that another one follows."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, None))
        self._number += 1


class SealedReader:
    """Decrypts what ``SealedWriter`` wrote; gives out nothing that was not authenticated."""

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        """Read the head from ``source``; raises SealError for another passphrase."""
        head = source.read(len(FORMAT) + SALT + CHECK)
        if len(head) != len(FORMAT) + SALT + CHECK or not head.startswith(FORMAT):
            raise SealError(DAMAGED)
        key, check = _derive(passphrase, head[len(FORMAT) : -CHECK])
        if not hmac.compare_digest(check, head[-CHECK:]):
            raise SealError(WRONG_PASSPHRASE)
        self._source, self._cipher = source, ChaCha20Poly1305(key)
        self._opened, self._number = bytearray(), 0
        self._following = source.read(CHUNK + TAG)
        self._ended = False

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, none at the end; raises SealError for a damaged file."""
        while len(self._opened) < size and not self._ended:
            self._open_next()
        given = bytes(self._opened[:size])
        del self._opened[:size]
        return given

    def _open_next(self) -> None:
        chunk, self._following = self._following, self._source.read(CHUNK + TAG)
        self._ended = not self._following
        try:
            self._opened += self._cipher.decrypt(
                _nonce(self._number, last=self._ended), chunk, None
            )
        except InvalidTag:
            raise SealError(DAMAGED) from None
        self._number += 1


def is_sealed(source: IO[bytes]) -> bool:
    """Return whether ``source`` begins like a sealed stream; it stands at its beginning again."""
    found = source.read(len(FORMAT)) == FORMAT
    source.seek(0)
    return found


def _derive(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """Return the key of the chunks and the bytes that prove the passphrase."""
    made = Scrypt(salt=salt, length=32 + CHECK, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P).derive(
        passphrase.encode()
    )
    return made[:32], made[32:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
