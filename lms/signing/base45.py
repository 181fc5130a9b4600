"""Base45: bytes in the 45 characters that a QR code stores most tightly. Source: RFC 9285."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
VALUE = {letter: value for value, letter in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Return ``data`` as base45 text: three characters for two bytes, two for a last single one.

    The text never ends in a space, so a copy that lost its trailing spaces is still whole.
    """
    letters: list[str] = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        rest = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            rest, value = divmod(rest, 45)
            letters.append(ALPHABET[value])
    return "".join(letters)


def decode(text: str) -> bytes:
    """Return the bytes behind base45 ``text``.

    raises   ValueError for another character, a length that cannot occur, or a group whose
             value is too large. Each sequence of bytes has exactly one accepted text.
    """
    data = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        if len(group) == 1:
            raise ValueError("base45 text has a length that cannot occur")
        try:
            value = sum(VALUE[letter] * 45**place for place, letter in enumerate(group))
        except KeyError as error:
            raise ValueError(f"not a base45 character: {error.args[0]!r}") from None
        size = len(group) - 1
        if value >= 256**size:
            raise ValueError(f"base45 group {group!r} is too large")
        data += value.to_bytes(size, "big")
    return bytes(data)
