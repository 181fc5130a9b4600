"""A course as one file: made here, carried on a stick, judged before anything is written."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from zipfile import ZipFile

import pytest

from lms.authoring import packages, shipped
from lms.authoring.packages import GENUINE, NONE, SIGNATURE, UNKNOWN, WRONG
from lms.content.archive import ArchiveRefusedError, write_archive
from lms.content.digests import contents_digest, core_digest, layer_digest
from lms.signing import cbor, cose, editions
from lms.signing.editions import SignedEdition
from tests.authoring.conftest import REAL
from tests.content.packing import Entry, tarred, zipped
from tests.content.small import edited, small
from tests.signing.office import MONDAY, TUESDAY, ring, signer

SLUGS = sorted(path.parent.name for path in REAL.glob("*/course.toml"))
PATCH = "It is ten to nine."


def signature(files: dict[str, bytes], seed: int = 1, course: str = "C77") -> bytes:
    """Return the signature that the office of the tests gives a folder."""
    said = SignedEdition(
        "TN-CGPR",
        MONDAY,
        course,
        "3.1",
        core_digest(files),
        "tn",
        layer_digest(files, "tn"),
        contents_digest(files),
    )
    return editions.text_of(editions.sign(said, signer(seed))).encode() + b"\n"


def package(files: dict[str, bytes], signed: bytes | None = None) -> bytes:
    return write_archive("small-course", files, {SIGNATURE: signed} if signed else {})


# ---- opened -------------------------------------------------------------------------------------


def test_a_genuine_package_gives_the_folder_and_says_whose_it_is() -> None:
    found = packages.opened(package(small(), signature(small())), ring(), TUESDAY)

    assert (found.folder, found.state, found.files) == ("small-course", GENUINE, small())
    assert found.signed is not None
    assert (found.signed.issuer, found.signed.signed) == ("TN-CGPR", MONDAY)
    assert found.reading.required().facts.id == "C77"
    assert str(found.said) == (
        "Genuine: course C77, edition 3.1, with the rules of TN, signed by TN-CGPR on 2026-11-23."
    )


def test_the_signature_stands_on_the_contents_and_not_on_the_zip() -> None:
    stream = io.BytesIO()
    with ZipFile(stream, "w") as archive:  # packed by somebody else, on another day
        archive.comment = b"copied"
        for path, data in reversed(small().items()):
            archive.writestr(f"small-course/{path}", data)
        archive.writestr("SIGNATURE", signature(small()).replace(b"\n", b"\r\n"))

    assert packages.opened(stream.getvalue(), ring(), TUESDAY).state == GENUINE


STATES: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "none": (NONE, "bears no signature", lambda: package(small())),
    "another issuer": (
        UNKNOWN, "issuer of this course is not known here",
        lambda: package(small(), signature(small(), seed=7)),
    ),
    "a word changed": (
        WRONG, "this package is not what was signed",
        lambda: package(edited("en/AB-1.1.md", PATCH, "It is nine."), signature(small())),
    ),
    "another nation's box changed": (
        WRONG, "this package is not what was signed",
        lambda: package(
            {**small(), "nations/ug/nation.toml": small()["nations/ug/nation.toml"] + b"\n"},
            signature(small()),
        ),
    ),
    "a file more": (
        WRONG, "this package is not what was signed",
        lambda: package({**small(), "SOURCES.md": b"None.\n"}, signature(small())),
    ),
    "another course": (
        WRONG, "for the course C01, and this package holds the course C77",
        lambda: package(small(), signature(small(), course="C01")),
    ),
    "no signature": (WRONG, "that begins with LMSE2:", lambda: package(small(), b"\xff\0")),
    "a long one": (WRONG, "damaged or incomplete", lambda: package(small(), b"LMSE2:" * 9999)),
    "half of it": (
        WRONG, "damaged or incomplete", lambda: package(small(), signature(small())[:90]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STATES)
def test_each_state_of_a_signature_has_its_own_sentence(case: str) -> None:
    state, sentence, make = STATES[case]
    found = packages.opened(make(), ring(), TUESDAY)

    assert (found.state, found.signed) == (state, None)
    assert sentence in str(found.said)


def test_without_keys_it_is_left_open_whose_it_is() -> None:
    found = packages.opened(package(small(), signature(small())), None, TUESDAY)

    assert found.state == UNKNOWN
    assert "There is no key list here" in str(found.said)


def test_a_genuine_package_may_still_have_faults() -> None:
    files = {**small(), "people.csv": b"x"}
    found = packages.opened(package(files, signature(files)), ring(), TUESDAY)

    assert found.state == GENUINE
    assert [str(fault) for fault in found.reading.faults] == [
        "people.csv: This file has no place in a course; see FORMAT.md."
    ]


def test_the_folder_bears_the_name_of_the_course() -> None:
    found = packages.opened(write_archive("other", small()), ring(), TUESDAY)

    [fault] = found.reading.faults
    assert fault.text.startswith("The folder of the package is called other, but the course")
    assert found.reading.course is None


@pytest.mark.parametrize(
    "extra", ["settings.toml", "other-course/course.toml", "__MACOSX/small-course/a", "Signature"]
)
def test_beside_the_folder_lies_nothing_but_the_signature(extra: str) -> None:
    with pytest.raises(ArchiveRefusedError, match="does not belong there"):
        packages.opened(write_archive("small-course", small(), {extra: b"x"}), ring(), TUESDAY)


def test_no_folder_is_no_package() -> None:
    with pytest.raises(ArchiveRefusedError, match=r"course\.toml does not belong there"):
        packages.opened(zipped(Entry("course.toml")), ring(), TUESDAY)
    found = packages.opened(zipped(Entry(SIGNATURE)), ring(), TUESDAY)
    assert [str(fault) for fault in found.reading.faults] == ["course.toml: The file is missing."]


def test_more_than_a_course_may_hold_is_not_even_unpacked() -> None:
    big = zipped(*(Entry(f"a/{n}.md", sha256(b"%d" % n).digest() * 40_000, 0) for n in range(45)))
    with pytest.raises(ArchiveRefusedError, match="larger than 51 MB"):
        packages.opened(big, ring(), TUESDAY)


def older(data: bytes) -> str:
    facts = {
        1: "C77",
        2: "1.0",
        3: bytes(32),
        4: "",
        5: bytes(32),
        6: sha256(data).digest(),
    }
    claims = {1: "TN-CGPR", 6: int(MONDAY.timestamp()), editions.OLDER_CLAIM: facts}
    return editions.text_of(cose.sign(cbor.pack(claims), signer()))


def test_a_package_of_the_first_editions_is_verified_with_the_file_beside_it() -> None:
    data = tarred(*((f"small-course/{path}", each) for path, each in small().items()))

    found = packages.opened(data, ring(), TUESDAY, beside=older(data))
    assert (found.state, found.files) == (GENUINE, small())
    assert packages.opened(data, ring(), TUESDAY).state == NONE
    assert packages.opened(data, ring(), TUESDAY, beside=older(data + b"x")).state == WRONG


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shipped_course_comes_back_from_its_package(slug: str) -> None:
    course = shipped.read(REAL / slug).required()
    found = packages.opened(packages.packed(course), None, TUESDAY)

    assert found.folder == slug
    assert found.files == course.files
    assert found.reading.required() == course


def test_a_page_can_assemble_a_package_without_what_verifies_it() -> None:
    code = (
        "import sys\n"
        "from lms.authoring import actions, packages, queries, rules, uploads\n"
        "print({'cryptography', 'markdown_it', 'nh3'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


def test_a_signature_changed_at_random_never_passes() -> None:
    chance = random.Random(5)
    good = signature(small())
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    for _ in range(60):
        text = bytearray(good.strip())
        place = chance.randrange(len(text))
        other = [ord(digit) for digit in digits if ord(digit) != text[place]]
        text[place] = chance.choice([*other, 0, 255])
        found = packages.opened(package(small(), bytes(text)), ring(), TUESDAY)
        assert found.state in {WRONG, UNKNOWN}, bytes(text)
