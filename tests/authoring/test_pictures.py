"""Pictures that authors bring: drawn anew within the budget, or refused with the reason."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from zlib import compress

import pytest
from click.testing import Result
from PIL import Image, ImageDraw

from lms.authoring.pictures import MOST_TAKEN, QUALITIES, Reencoded, reencode
from lms.content.pictures import MOST_BYTES, Header, header
from lms.kernel.errors import Refused
from tests.content.photos import photo
from tests.content.small import png
from tests.content.test_pictures import HOSTILE, PAGE

KINDS = {"PNG": "png", "WEBP": "webp", "JPEG": "jpg", "AVIF": "avif"}
LIKE_A_PHOTO = 12  # so much noise has the sky of a telephone's camera


def good(made: Reencoded) -> None:
    """What every picture is that comes out."""
    assert header(made.data) == Header("webp", made.width, made.height)
    assert len(made.data) == made.bytes_after <= MOST_BYTES


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_photo_becomes_a_small_picture(kind: str) -> None:
    data = photo(kind, 2400, 1600, noise=LIKE_A_PHOTO)
    made = reencode(data)
    good(made)
    assert (made.kind, made.bytes_before) == (KINDS[kind], len(data))
    assert made.width <= 1200
    assert abs(made.width / made.height - 1.5) < 0.02


def test_a_small_picture_keeps_its_size() -> None:
    made = reencode(photo("JPEG", 320, 200))
    good(made)
    assert (made.width, made.height) == (320, 200)


def test_noise_is_drawn_smaller_when_it_cannot_be_drawn_worse() -> None:
    made = reencode(photo("JPEG", 1200, 1200, noise=200))
    good(made)
    assert made.width < 1200


def test_the_budget_is_an_argument() -> None:
    made = reencode(photo("JPEG", 800, 600), most_bytes=9000, most_width=400)
    assert made.bytes_after <= 9000
    assert made.width <= 400


def test_what_cannot_be_small_enough_is_refused() -> None:
    with pytest.raises(Refused, match="cannot be made as small as 0 kB"):
        reencode(photo("JPEG"), most_bytes=40)


def test_a_drawing_stays_sharp() -> None:
    drawn = Image.new("RGB", (1000, 600), "white")
    ImageDraw.Draw(drawn).rectangle((100, 100, 500, 400), outline="black", fill=(200, 30, 30))
    stream = io.BytesIO()
    drawn.save(stream, "PNG")
    made = reencode(stream.getvalue())
    good(made)
    with Image.open(io.BytesIO(made.data)) as read:
        assert read.convert("RGB").tobytes() == drawn.tobytes()


def test_what_is_transparent_stays_so() -> None:
    for mode in ("RGBA", "LA", "P"):
        drawn = Image.new("RGBA", (60, 40), (255, 0, 0, 0)).convert(mode)
        stream = io.BytesIO()
        drawn.save(stream, "PNG", **({"transparency": 0} if mode == "P" else {}))
        with Image.open(io.BytesIO(reencode(stream.getvalue()).data)) as read:
            assert read.mode == "RGBA", mode


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16", "CMYK"])
def test_every_way_to_write_a_colour_is_taken(mode: str) -> None:
    stream = io.BytesIO()
    Image.new(mode, (40, 30)).save(stream, "JPEG" if mode == "CMYK" else "PNG")
    good(reencode(stream.getvalue()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turned", [1, 2, 3, 4, 5, 6, 7, 8])
def test_a_photo_stands_as_the_camera_was_held(kind: str, turned: int) -> None:
    drawn = Image.new("RGB", (200, 100), "blue")
    ImageDraw.Draw(drawn).rectangle((0, 0, 99, 49), fill="red")  # the corner above, at the left
    exif = Image.Exif()
    exif[0x0112] = turned
    stream = io.BytesIO()
    drawn.save(stream, kind, exif=exif)
    made = reencode(stream.getvalue())
    good(made)
    assert (made.width, made.height) == ((200, 100) if turned < 5 else (100, 200))
    corner = {
        1: (0, 0),
        2: (1, 0),
        3: (1, 1),
        4: (0, 1),
        5: (0, 0),
        6: (1, 0),
        7: (1, 1),
        8: (0, 1),
    }[turned]
    with Image.open(io.BytesIO(made.data)) as read:
        x, y = (5 + each * (size - 10) for each, size in zip(corner, read.size, strict=True))
        red, _, blue = read.convert("RGB").getpixel((x, y))  # type: ignore[misc]
        assert red > 150 > blue


def test_a_wide_photo_that_was_held_upright_is_not_wider_than_allowed() -> None:
    made = reencode(photo("JPEG", 3000, 1000, noise=LIKE_A_PHOTO, turned=6))
    assert made.width < made.height <= 2400


@pytest.mark.parametrize("kind", KINDS)
def test_no_place_and_no_camera_come_along(kind: str) -> None:
    data = photo(kind, turned=1)
    assert b"Camera of Amina" in data
    assert b"Amina" not in reencode(data).data


def test_a_profile_and_a_comment_do_not_come_along() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30)).save(stream, "JPEG", icc_profile=b"profile of Amina" * 20)
    assert b"Amina" not in reencode(stream.getvalue()).data
    assert b"north" not in reencode(photo("JPEG", comment="at the north gate")).data


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_page_behind_a_picture_does_not_come_along(kind: str) -> None:
    made = reencode(photo(kind) + PAGE)
    good(made)
    assert b"script" not in made.data


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        reencode(HOSTILE[name])


def test_an_svg_is_told_what_to_do() -> None:
    with pytest.raises(Refused, match="Save it as PNG"):
        reencode(b'<?xml version="1.0"?><SVG onload="alert(1)"/>')


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_picture_that_moves_is_refused(kind: str) -> None:
    with pytest.raises(Refused, match="moves"):
        reencode(photo(kind, frames=3))


def test_100_million_pixels_are_refused_before_they_take_memory() -> None:
    bomb = png(10_000, 10_000)
    tracemalloc.start()
    with pytest.raises(Refused, match="25 million pixels"):
        reencode(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


def test_a_head_that_lies_about_the_size_is_refused() -> None:
    # A WebP whose canvas is small and whose picture is large, and the other way round.
    large = photo(width=400, height=400)
    for said in ((1, 1), (16_000, 16_000)):
        canvas = b"".join((each - 1).to_bytes(3, "little") for each in said)
        body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + canvas + large[12:]
        with pytest.raises(Refused):
            reencode(b"RIFF" + struct.pack("<I", len(body)) + body)


def test_a_bomb_in_a_note_is_refused_or_left_behind() -> None:
    words = b"Title\0\0" + compress(b"x" * 200_000_000, 9)
    note = struct.pack(">I4s", len(words), b"zTXt") + words + b"\0\0\0\0"
    plain = photo("PNG", 20, 20)
    try:
        good(reencode(plain[:33] + note + plain[33:]))
    except Refused:
        return


def test_more_than_20_mb_are_not_even_looked_at() -> None:
    with pytest.raises(Refused, match="20 MB"):
        reencode(photo("JPEG") + b"x" * MOST_TAKEN)


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_picture_is_refused(kind: str) -> None:
    data = photo(kind)
    with pytest.raises(Refused):
        reencode(data[: len(data) // 2])


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_picture_is_drawn_or_refused(kind: str) -> None:
    data, dice = photo(kind), random.Random(kind)
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(dice.randint(1, 10)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        try:
            good(reencode(bytes(broken)))
        except Refused:
            continue


def test_the_qualities_go_down() -> None:
    assert sorted(QUALITIES, reverse=True) == list(QUALITIES)


# ---- lms content picture -------------------------------------------------------------------------


def test_the_command_says_how_large_it_was_and_is(
    lms: Callable[..., Result], tmp_path: Path
) -> None:
    photograph, target = tmp_path / "photo.jpg", tmp_path / "course" / "media" / "door.webp"
    photograph.write_bytes(photo("JPEG", 2000, 1500, noise=LIKE_A_PHOTO, turned=6))
    done = lms("picture", photograph, "--to", target)
    assert done.exit_code == 0, done.output
    made = header(target.read_bytes())
    assert made.width < made.height
    before, after = (f"{each.stat().st_size:,}" for each in (photograph, target))
    assert f"{before} bytes as JPG, {after} bytes as WebP, {made.width} x {made.height} dots" in (
        done.output
    )
    assert "![what it shows](media/door.webp)" in done.output


def test_the_command_refuses_with_the_reason(lms: Callable[..., Result], tmp_path: Path) -> None:
    drawing = tmp_path / "drawing.svg"
    drawing.write_text("<svg/>")
    done = lms("picture", drawing, "--to", tmp_path / "x.webp")
    assert done.exit_code == 1
    assert "An SVG is a program" in done.output
    assert not (tmp_path / "x.webp").exists()


def test_the_command_writes_a_name_that_a_course_may_have(
    lms: Callable[..., Result], tmp_path: Path
) -> None:
    photograph = tmp_path / "photo.jpg"
    photograph.write_bytes(photo("JPEG"))
    for name in ("door.jpg", "door", "the door.webp", "Дверь.webp"):
        done = lms("picture", photograph, "--to", tmp_path / name)
        assert done.exit_code == 2, name
        assert not (tmp_path / name).exists()
