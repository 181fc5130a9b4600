"""The drawn code, read back module by module by a small reader of our own (ISO/IEC 18004).

The reader knows no error correction: what it reads, a phone reads from clean print.
"""

from __future__ import annotations

import re

import pytest
from segno import consts

from lms.signing import base45, qr
from lms.signing.refusals import Unreadable
from tests.signing.office import qr_text


def modules(svg: bytes) -> list[list[bool]]:
    """Return the dark modules of the drawing, without its quiet zone."""
    text = svg.decode()
    box = re.search(r'viewBox="0 0 (\d+) \1"', text)
    path = re.search(r'<path stroke="#000"[^>]*>', text)
    assert box is not None
    assert path is not None
    drawn = re.search(r' d="(M[^"]*)"', path[0])
    assert drawn is not None
    size = int(box[1]) - 2 * qr.QUIET_ZONE
    rows = [[False] * size for _ in range(size)]
    x, y = 0.0, 0.0
    for verb, numbers in re.findall(r"([Mh])([\d. ]+)", drawn[1]):
        values = [float(value) for value in numbers.split()]
        if verb == "h":
            for step in range(int(values[0])):
                rows[int(y) - qr.QUIET_ZONE][int(x) + step - qr.QUIET_ZONE] = True
        else:
            x, y = values
    return rows


def is_function(version: int, row: int, column: int) -> bool:
    """Return whether the module belongs to finders, timing, alignment, format or version."""
    size = 17 + 4 * version
    centres = list(consts.ALIGNMENT_POS[version - 2]) if version > 1 else []
    corners = [(6, 6), (6, size - 7), (size - 7, 6)]
    return (
        (row < 9 and (column < 9 or column >= size - 8))
        or (row >= size - 8 and column < 9)
        or 6 in (row, column)
        or any(
            abs(row - r) <= 2 and abs(column - c) <= 2
            for r in centres
            for c in centres
            if (r, c) not in corners
        )
        or (
            version >= 7
            and (
                (row < 6 and size - 11 <= column < size - 8)
                or (column < 6 and size - 11 <= row < size - 8)
            )
        )
    )


def codewords(rows: list[list[bool]], version: int) -> list[int]:
    """Return the bytes in their zigzag order, with mask 4 taken off."""
    bits, size, upwards = [], len(rows), True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in range(size - 1, -1, -1) if upwards else range(size):
            for column in (right, right - 1):
                if not is_function(version, row, column):
                    masked = (row // 2 + column // 3) % 2 == 0
                    bits.append(rows[row][column] ^ masked)
        upwards = not upwards
    return [
        int("".join("01"[bit] for bit in bits[start : start + 8]), 2)
        for start in range(0, len(bits) - 7, 8)
    ]


def data_of(words: list[int], version: int) -> str:
    """Undo the interleaving of the blocks (level M) and return the data as bits."""
    lengths = [
        group.num_data
        for group in consts.ECC[version][consts.ERROR_LEVEL_M]  # type: ignore[index]
        for _ in range(group.num_blocks)
    ]
    blocks: list[list[int]] = [[] for _ in lengths]
    stream = iter(words)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(stream))
    return "".join(f"{word:08b}" for block in blocks for word in block)


def read(svg: bytes) -> str:
    """Return the text of a code in alphanumeric mode."""
    rows = modules(svg)
    version = (len(rows) - 17) // 4
    bits = data_of(codewords(rows, version), version)
    width = 9 if version < 10 else 11 if version < 27 else 13
    assert bits[:4] == "0010"
    count, bits = int(bits[4 : 4 + width], 2), bits[4 + width :]
    text = ""
    while len(text) < count:
        if count - len(text) == 1:
            return text + base45.ALPHABET[int(bits[:6], 2)]
        pair, bits = int(bits[:11], 2), bits[11:]
        text += base45.ALPHABET[pair // 45] + base45.ALPHABET[pair % 45]
    return text


@pytest.mark.parametrize("text", [qr_text(), qr_text(names=("A",)), "LMSC1:" + "A1" * 372])
def test_a_printed_code_says_exactly_the_signed_text(text: str) -> None:
    assert read(qr.svg(text)) == text


def test_the_largest_certificate_fits_into_version_18() -> None:
    largest = qr.text_of(bytes(range(250)) * 2)

    assert len(modules(qr.svg(largest))) == 17 + 4 * 18
    assert read(qr.svg(largest)) == largest


def test_the_same_text_is_always_the_same_drawing() -> None:
    assert qr.svg(qr_text()) == qr.svg(qr_text())


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(Unreadable, match="too long for a QR code"):
        qr.svg("A" * 5000)
