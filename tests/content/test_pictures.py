"""Pictures of a course: read without drawing them, shown in a frame that no author can change."""

from __future__ import annotations

import contextlib
import random
import re
import struct
import time
from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms.content.digests import block_digest
from lms.content.figures import addresses, figure, placed, told
from lms.content.html import LessonHtml, lesson_html
from lms.content.labels import spoken
from lms.content.markdown import rich
from lms.content.pictures import Header, NotAPictureError, header, picture
from lms.content.quality.passages import lines_of
from lms.content.reader import read_course
from tests.content.photos import photo
from tests.content.small import PNG, edited, faults, png, read, small

KINDS = {"PNG": "png", "WEBP": "webp", "JPEG": "jpg", "AVIF": "avif"}
LABELS = spoken(str)
LESSON = "en/AB-1.1.md"


def illustrated(
    line: str = "![A door with a sign](media/door.webp)", **media: bytes
) -> dict[str, bytes]:
    """Return the small course with a line in the block ab11-2; ``media`` by name, _ for the dot."""
    files = edited(LESSON, "The [United Nations]", f"{line}\n\nThe [United Nations]")
    pictures = media or {"door_webp": photo()}
    return files | {f"media/{n.replace('_', '.')}": data for n, data in pictures.items()}


def page(files: Mapping[str, bytes], language: str = "en") -> LessonHtml:
    return lesson_html(read(files), "AB-1.1", language, LABELS)


# ---- What a file says of itself ---------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_is_read_from_the_content(kind: str) -> None:
    assert header(photo(kind)) == Header(KINDS[kind], 120, 80)


def test_every_way_to_write_a_webp_is_known() -> None:
    assert header(photo(lossless=True)) == Header("webp", 120, 80)
    assert header(photo(turned=1)) == Header("webp", 120, 80, notes=True)


def test_a_picture_that_moves_says_so() -> None:
    for kind in ("PNG", "WEBP", "AVIF"):
        assert header(photo(kind, frames=3)).moves, kind


def test_notes_of_a_camera_are_seen() -> None:
    for kind in KINDS:
        assert header(photo(kind, turned=1)).notes, kind
    assert header(photo("JPEG", comment="taken at the north gate")).notes


def test_an_avif_that_was_turned_has_the_size_that_is_shown() -> None:
    found = header(photo("AVIF", turned=6))
    assert (found.width, found.height) == (80, 120)


PAGE = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_page_behind_a_picture_is_seen(kind: str) -> None:
    assert header(photo(kind) + PAGE).tail


def test_a_page_behind_an_avif_is_no_avif() -> None:
    with pytest.raises(NotAPictureError):
        header(photo("AVIF") + PAGE)


def test_a_page_inside_a_webp_is_seen() -> None:
    data = photo()
    inside = data[:12] + b"HTML" + struct.pack("<I", len(PAGE)) + PAGE + data[12:]
    assert header(inside[:4] + struct.pack("<I", len(inside) - 8) + inside[8:]).tail


HOSTILE = {
    "nothing": b"",
    "a text": b"no picture at all",
    "a page": PAGE,
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a GIF with a script": b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//",
    "a bitmap": b"BM" + b"\0" * 60,
    "a film": b"\0\0\0\x18ftypmp42" + b"\0" * 80,
    "a signature alone": b"\x89PNG\r\n\x1a\n",
    "no data": png(3, 2)[:33] + png(3, 2)[-12:],
    "no width": png(0, 5),
    "a chunk of 4 GB": PNG[:33] + b"\xff\xff\xff\xff" + PNG[37:],
    "a JPEG of fill bytes": b"\xff" * 61_440,
    "a JPEG of fill bytes in its data": b"\xff\xd8\xff\xda\0\2" + b"\xff" * 60_000 + b"\0",
    "a JPEG of restarts": b"\xff\xd8\xff\xda\0\2" + b"\xff\xd0" * 30_000,
    "a JPEG of empty segments": b"\xff\xd8" + b"\xff\xfe\0\2" * 15_000,
    "a WebP of empty chunks": b"RIFF\xf8\xef\0\0WEBP" + b"ABCD\0\0\0\0" * 7_679,
    "a WebP of 4 GB": b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\xff" * 90,
    "boxes inside boxes": b"\0\0\0\x0cftypavif"
    + b"".join(struct.pack(">I4s", 60_000 - 8 * n, b"ipco") for n in range(7_000)),
    "boxes of nothing": b"\0\0\0\x0cftypavif" + b"\0\0\0\0meta" * 7_000,
    "boxes of 64 bits": b"\0\0\0\x0cftypavif" + b"\0\0\0\1mdat" * 7_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_at_once(name: str) -> None:
    before = time.process_time()
    with pytest.raises(NotAPictureError):
        header(HOSTILE[name])
    assert time.process_time() - before < 0.2


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_picture_is_none(kind: str) -> None:
    data = photo(kind)
    for share in (0.1, 0.5, 0.9, 0.99):
        with pytest.raises(NotAPictureError):
            header(data[: int(len(data) * share)])


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_picture_harms_nobody(kind: str) -> None:
    data, dice = photo(kind), random.Random(kind)
    for _ in range(3000):
        broken = bytearray(data)
        for _ in range(dice.randint(1, 8)):
            broken[dice.randrange(min(len(broken), 600))] = dice.randrange(256)
        try:
            found = header(bytes(broken))
        except NotAPictureError:
            continue
        assert found.width > 0
        assert found.height > 0


@settings(max_examples=300)
@given(
    st.sampled_from(
        [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBP", b"\0\0\0\x10ftyp"]
    ),
    st.binary(max_size=300),
)
@example(b"\xff\xd8\xff", b"\xc0\0\2")
def test_any_bytes_are_a_picture_or_none(start: bytes, rest: bytes) -> None:
    with contextlib.suppress(NotAPictureError):
        assert header(start + rest).kind in KINDS.values()


# ---- In a course -------------------------------------------------------------------------------


def test_a_lesson_may_show_a_picture() -> None:
    course = read(illustrated())
    data = photo()
    assert course.pictures == {"door.webp": picture("door.webp", data)}
    found = course.pictures["door.webp"]
    assert (found.kind, found.bytes) == ("webp", len(data))
    assert found.digest.startswith(found.address)


def test_content_decides_and_not_the_name() -> None:
    course = read(illustrated(door_webp=photo("PNG", 20, 20)))
    assert course.pictures["door.webp"].kind == "png"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_course_with_what_is_no_picture_is_refused(name: str) -> None:
    assert any(
        said.startswith("media/door.webp: ")
        for said in faults(illustrated(door_webp=HOSTILE[name]))
    )


@pytest.mark.parametrize(
    "line",
    [
        "Look: ![A door](media/door.webp)",
        "  ![A door](media/door.webp)",
        "- ![A door](media/door.webp)",
        "![A door](media/door.webp) and more",
        "![A door](https://example.org/door.webp)",
        "![A door](//example.org/door.webp)",
        "![A door](/media/door.webp)",
        "![A door](media/../door.webp)",
        "![A door](media/in/door.webp)",
        '![A door](media/door.webp "title")',
        "![A door](data:image/webp;base64,AAAA)",
        "![A door](javascript:alert)",
        "[![A door](media/door.webp)](https://example.org)",
        "![A [door]](media/door.webp)",
        "![A door][door]",
        "> ![A door](media/door.webp)",
        "| ![A door](media/door.webp) |",
    ],
)
def test_any_other_line_with_a_picture_is_refused(line: str) -> None:
    said = faults(illustrated(line))
    assert any("A picture stands alone on its line" in each for each in said), said


def test_what_it_shows_has_three_hundred_characters() -> None:
    assert faults(illustrated(f"![{'x' * 300}](media/door.webp)")) == []
    assert any(
        "at most 300" in said for said in faults(illustrated(f"![{'x' * 301}](media/door.webp)"))
    )


@pytest.mark.parametrize(
    ("path", "old"),
    [
        (LESSON, "May an emergency justify ill-treatment?"),
        (LESSON, "Name the body to which officers report."),
        ("en/glossary.md", "Severe pain, *on purpose*."),
        ("en/course.md", "Two **modules** for"),
        ("nations/tn/ar/boxes.md", "الهيئة"),
        ("en/bank/AB-1.md", "A secret situation."),
    ],
)
def test_no_question_box_or_word_shows_a_picture(path: str, old: str) -> None:
    files = edited(path, old, f"![A door](media/door.webp)\n\n{old}")
    said = faults(files | {"media/door.webp": photo()})
    assert [each for each in said if "Only the text of a lesson shows pictures" in each], said


def test_what_the_present_folder_may_hold_and_nothing_else() -> None:
    for name in ("readme.txt", "door", "door.html", "door.gif", "door.svg"):
        assert faults(small({f"media/{name}": photo()})) == [
            f"media/{name}: A picture's name ends with .png, .webp, .jpg, .jpeg or .avif."
        ]
    for name in ("a.mp3", "a.mp4", "a.vtt", "a.OGG"):
        (said,) = faults(small({f"media/{name}": b"ID3"}))
        assert "too heavy for weak lines" in said


# ---- On the page -------------------------------------------------------------------------------


def test_the_frame_holds_size_words_and_weight() -> None:
    files = illustrated('![A "door" & a sign](media/door.webp)')
    found = read(files).pictures["door.webp"]
    made = page(files)
    assert (
        f'<figure><img src="media/{found.address}" width="120" height="80" '
        'alt="A &quot;door&quot; &amp; a sign" loading="lazy">'
        f"<figcaption>Picture, {-(-found.bytes // 1000)} kB</figcaption></figure>"
    ) in made.html
    assert made.pictures == found.bytes
    assert made.parts()["pictures"] == found.bytes
    assert list(addresses(made.print)) == [found.address]


def test_a_lesson_without_pictures_is_what_it_was() -> None:
    with_one, without = page(illustrated()), page(small())
    assert "pictures" not in without.parts()
    frame = re.compile(r"<figure>.*?</figure>")
    assert frame.sub("", with_one.html) == without.html
    other = lesson_html(read(illustrated()), "AB-1.2", "en", LABELS)
    assert other.parts() == lesson_html(read(small()), "AB-1.2", "en", LABELS).parts()


def test_text_around_a_picture_stays_text() -> None:
    html = page(illustrated("1. One.\n![A door](media/door.webp)\n2. **Two.**")).html
    assert "<li>One.</li></ol><figure>" in html
    assert '</figure><ol start="2">\n<li><strong>Two.</strong></li></ol>' in html


def test_the_same_picture_twice_is_loaded_once() -> None:
    line = "![A door](media/door.webp)\n\n![The same door](media/door.webp)"
    made = page(illustrated(line))
    assert made.html.count("<img ") == 2
    assert made.pictures == len(photo())


def test_markdown_alone_never_makes_a_picture() -> None:
    for text in (
        "![a](media/door.webp)",
        "![a](https://example.org/x.png)",
        "&lt;img src=x&gt;",
        "<img src=x onerror=alert(1)>",
        "![a][b]\n\n[b]: https://example.org/x.png",
    ):
        assert "<img" not in rich(text)
        assert "<img" not in rich(f"x {text}", picture=lambda *_: "<img>")


@settings(max_examples=200)
@given(st.text(st.characters(codec="utf-8", exclude_characters="[]"), min_size=1, max_size=300))
@example('" onload="alert(1)')
@example("<script>alert(1)</script>")
@example("&quot; onerror=&quot;")
def test_no_word_leaves_its_attribute(alt: str) -> None:
    html = rich(f"![{alt}](media/door.webp)", picture=_framed)
    tags = re.findall(r"<[^>]*>", html)
    assert all(
        re.fullmatch(
            r'<img src="media/[0-9a-f]{16}" width="120" height="80" alt="[^"<>]*" '
            r'loading="lazy">|</?(?:p|ul|ol|li|strong|em|figure|figcaption|blockquote|h3|'
            r"a[^>]*|br)>",
            tag,
        )
        for tag in tags
    ), tags


def _framed(name: str, alt: str) -> str:
    return figure(picture(name, photo()), alt, "Picture, 3 kB")


def test_a_translation_has_its_own_words_and_may_have_its_own_picture() -> None:
    files = illustrated(
        "![A door](media/door.webp)\n\n![A key](media/key.webp)",
        door_webp=photo(),
        key_webp=photo(width=60),
    )
    course = read(files)
    block = course.documents["en"]["AB-1.1"].block("ab11-2")
    assert block is not None
    french = files["fr/AB-1.1.md"].decode()
    start = french.index("{#ab11-2}")
    french = re.sub(r'"?ab11-2"? = "[0-9a-f]+"', f'ab11-2 = "{block_digest(block)}"', french)
    assert "{#ab11-2}" in french[start - 40 :]
    french = french.replace("{#ab11-2}\n", "{#ab11-2}\n\n![Une clé](media/key.webp)\n", 1)
    files["fr/AB-1.1.md"] = french.encode()
    html = page(files, "fr").html
    assert 'alt="Une clé"' in html
    assert html.count("<img ") == 1
    # Where it is missing, the other language's words are marked as such.
    kazakh = page(files, "kk").html
    part = kazakh.partition('lang="en" dir="ltr"><h2 id="ab11-2"')[2].partition("</div>")[0]
    assert 'alt="A key"' in part


def test_other_words_for_a_picture_are_another_text() -> None:
    digests = set()
    for line in ("![A door](media/door.webp)", "![A gate](media/door.webp)"):
        block = read(illustrated(line)).documents["en"]["AB-1.1"].block("ab11-2")
        assert block is not None
        digests.add(block_digest(block))
    assert len(digests) == 2


def test_without_its_pictures_a_lesson_says_what_they_show() -> None:
    html = told(page(illustrated("![A door &amp; <](media/door.webp)")).html)
    assert "<img" not in html
    assert "<figure><p>A door &amp;amp; &lt;</p><figcaption>Picture, " in html


def test_on_paper_nothing_waits_and_the_address_is_another() -> None:
    html = placed(page(illustrated()).print, lambda address: f"/x/{address}?a&b")
    address = read(illustrated()).pictures["door.webp"].address
    assert f'src="/x/{address}?a&amp;b" width="120" height="80" alt="A door with a sign">' in html
    assert "lazy" not in html


def test_words_of_a_picture_are_measured_like_other_words() -> None:
    course = read(illustrated())
    said = [line.text for line in lines_of(course.documents["en"]["AB-1.1"])]
    assert "A door with a sign" in said


def test_a_course_of_pictures_reads_in_no_time() -> None:
    pictures = {f"media/{n}.webp": photo() for n in range(700)}
    lines = "\n".join(f"![A door](media/{n}.webp)" for n in range(700))
    files = edited(LESSON, "The [United Nations]", f"{lines}\n\nThe [United Nations]") | pictures
    before = time.process_time()
    assert read_course(files).course is not None
    assert time.process_time() - before < 2
