"""The one way in: formats and encodings found out, limits, duplicates; never an exception."""

from __future__ import annotations

import random
import time
import unicodedata

import pytest

from lms.authoring.questions import understood
from lms.authoring.questions.export import export
from lms.authoring.questions.reading import LARGEST_TEXT, Reading, read
from lms.authoring.questions.understood import Notes, Text, Understood

AIKEN = "Stem?\nA. one\nB. two\nANSWER: A\n"
GIFT = "::N::Stem {=one ~two}\n"
SHEET = "type,question,option1,option2,correct\nsingle,Stem,one,two,A\n"


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        (AIKEN, "x.txt", "aiken"),
        (AIKEN, "", "aiken"),
        (GIFT, "x.txt", "gift"),
        (GIFT, "x.gift", "gift"),
        (AIKEN, "x.gift", "gift"),
        (SHEET, "x.csv", "csv"),
        (SHEET, "x.txt", "csv"),
        (SHEET.replace(",", ";"), "x", "csv"),
        (SHEET.replace(",", "\t"), "x.tsv", "csv"),
        ("Just words", "x.txt", "gift"),
        ("$CATEGORY: A\n\nOnly words", "x", "gift"),
        (AIKEN.replace("ANSWER: A", "ANSWER： А"), "x", "aiken"),
    ],
)
def test_the_format_is_found_out(text: str, name: str, found: str) -> None:
    assert read(text.encode(), name).format == found


def test_a_format_that_is_named_is_taken() -> None:
    assert read(AIKEN.encode(), "x.txt", "gift").format == "gift"
    assert codes(read(b"x", "x", "word")) == ["format"]
    assert codes(read(b'<?xml version="1.0"?><quiz></quiz>', "x.xml")) == ["format"]
    assert codes(read(b"a,b", "x.csv", "xlsx")) == ["sheet"]
    assert codes(read(b"PK\x03\x04 no zip", "x.xlsx")) == ["sheet"]
    assert codes(read(b"\xd0\xcf\x11\xe0 old", "x.xls")) == ["sheet"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(end: str) -> None:
    (question,) = read(("\n" + AIKEN).replace("\n", end).encode(), "x").questions
    assert question.line == 2


@pytest.mark.parametrize(
    ("codec", "name"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16")]
)
def test_unicode_is_certain(codec: str, name: str) -> None:
    reading = read("Été ? {=oui ~да ~نعم}".encode(codec), "x.gift")
    assert (reading.encoding, reading.sure, codes(reading)) == (name, True, [])
    assert [o.text.text for o in reading.questions[0].options] == ["oui", "да", "نعم"]


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Où est la clé ? À côté de l’été {=très près ~là}", "windows-1252"),
        ("Где стоит дежурный начальник? {=у двери ~во дворе}", "windows-1251"),
        ("أين يقف الحارس في الليل؟ {=عند الباب ~في الساحة}", "windows-1256"),
    ],
)
def test_other_encodings_are_guessed_and_shown(words: str, encoding: str) -> None:
    reading = read(words.encode(encoding), "x.gift")
    assert (reading.encoding, reading.sure, codes(reading)) == (encoding, False, ["encoding"])
    assert words[:20] in reading.previews[encoding]
    assert {"windows-1252", "windows-1251", "windows-1256", "iso-8859-1"} <= set(reading.previews)
    chosen = read(words.encode(encoding), "x.gift", encoding=encoding.upper())
    assert codes(chosen) == []
    assert chosen.questions == reading.questions or chosen.questions[0].stem.text


def test_an_encoding_that_cannot_be_is_refused() -> None:
    assert codes(read("été {T}".encode("cp1252"), "x.gift", encoding="utf-8")) == ["encoding"]
    assert codes(read(b"x {T}", "x.gift", encoding="utf-7")) == ["encoding"]
    assert codes(read(b"\x00\x01 {T}", "x.gift")) == ["binary"]


def test_text_is_composed_and_turns_of_direction_are_taken_out() -> None:
    text = unicodedata.normalize("NFD", "Été") + " a\u202eb\u200f\u2067c\u2069\u061c\n\u202a{T}"
    reading = read(text.encode(), "x.gift")
    assert reading.questions[0].stem.text == "Été ab\u200f\u2067c\u2069\u061c"
    (note,) = reading.notes
    assert (note.code, note.line, note.message.values["count"]) == ("direction", 1, 2)
    sheet = read("type,question\nessay,a\u202eb\n".encode(), "x.csv")
    assert sheet.questions[0].stem.text == "ab"
    assert [(note.code, note.line) for note in sheet.notes] == [("direction", 2)]


def test_control_characters_are_told() -> None:
    reading = read(b"a\x0bb\x85 {T}".replace(b"\x85", "\x85".encode()), "x.gift")
    assert (reading.questions[0].stem.text, codes(reading)) == ("a b", ["control"])


def test_the_same_question_twice_is_told() -> None:
    text = "::A::Stem  x {=one ~two}\n\n::B::stem X {~two =one}\n\n::C::Stem x {=two ~one}"
    reading = read(text.encode(), "x.gift")
    assert [(note.code, note.line) for note in reading.notes] == [("duplicate", 3)]
    first, second, third = (each.fingerprint() for each in reading.questions)
    assert first == second != third
    assert len(first) == 64
    ids = read(b"// [id:1]\nA {T}\n\n// [id:1]\nB {T}", "x.gift")
    assert [(note.code, note.line) for note in ids.notes] == [("id", 5)]


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(read(b"", "x.gift")) == ["empty"]
    assert codes(read(b"// nothing\n", "x.gift")) == ["nothing"]
    full = "\n\n".join(f"Q{n} {{T}}" for n in range(5_000)).encode()
    assert len(read(full, "x.gift").questions) == 5_000
    more = read(full + b"\n\nmore {T}", "x.gift")
    assert (more.questions, codes(more)) == ((), ["limit"])
    assert codes(read(bytes(20 * 1024 * 1024 + 1), "x.csv")) == ["binary"]
    assert codes(read(b"a" * (20 * 1024 * 1024 + 1), "x.csv")) == ["size"]
    assert codes(read(b"a" * (LARGEST_TEXT + 1), "x.gift")) == ["size"]
    monkeypatch.setattr(understood, "MOST_NOTES", 5)
    assert len(read(b"x {\n\n" * 50, "x.gift").notes) == 6


def test_nothing_makes_it_fail() -> None:
    chance = random.Random(20261129)
    seeds = [
        AIKEN,
        GIFT,
        SHEET,
        "::a::[html]Q {~%50%a#b ~%50%c####d}",
        "Q {#=1:2 ~x}",
        "Q {=a -> b =c -> d}",
        "$CATEGORY: $course$/A//B",
        "// [id:x] [tag:y]\n",
    ]
    signs = "{}~=#:\\%/[]<>\n\r\t \"',;*-A.)А：١\u202e\u0301\ufeff\x00$n0"
    started = time.process_time()
    for _ in range(600):
        text = "".join(chance.choice(seeds) for _ in range(chance.randrange(4)))
        cut = text[: chance.randrange(len(text) + 1)]
        mixed = list(cut + "".join(chance.choice(signs) for _ in range(chance.randrange(60))))
        chance.shuffle(mixed) if chance.random() < 0.3 else None
        codec = chance.choice(["utf-8", "utf-16", "cp1251"])
        data = "".join(mixed).encode(codec, "replace")
        if chance.random() < 0.3:
            data = chance.randbytes(chance.randrange(200)) + data
        reading = read(
            data,
            chance.choice(["x", "x.csv", "x.gift", "x.xlsx"]),
            chance.choice([None, "gift", "aiken", "csv", "xlsx"]),
        )
        assert reading.questions or reading.errors
        assert reading.to_json()
    assert time.process_time() - started < 60


def test_a_damaged_workbook_is_refused_in_words() -> None:
    whole = export([Understood("essay", "N", Text("Q"))], "xlsx", Notes())
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(whole[: chance.randrange(4, len(whole))])
        for _ in range(chance.randrange(3)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        reading = read(bytes(data), "x.xlsx")
        assert reading.questions or reading.errors


@pytest.mark.parametrize("name", ["x.gift", "x.txt", "x.csv"])
@pytest.mark.parametrize(
    "text",
    [
        "Q" + "\u0301\u0316" * 200_000 + " {T}",
        "\u202e" * 500_000,
        "\x0b" * 500_000,
        "," * 60,
        "question,option1\nQ," + " " * 500_000 + "x",
        "type,question,option1\nmatch,Q," + " " * 90_000,
        "question,correct\nQ,A" + " ," * 100_000 + "!",
        '"' * 100_001,
        "a\n" * 26_000,
        "ANSWER" + " " * 200_000,
        " " * 500_000,
        "$CATEGORY: " + "{" * 100_000,
        "A" + " " * 200_000 + "!,b,c",
    ],
)
def test_hostile_files_take_little_time(text: str, name: str) -> None:
    started = time.process_time()
    reading = read(text.encode(), name)
    assert time.process_time() - started < 4
    assert reading.questions or reading.errors


def test_a_letter_keeps_thirty_marks() -> None:
    reading = read(("x" + "\u0316" * 50 + " {T}").encode(), "x.gift")
    assert reading.questions[0].stem.text == "x" + "\u0316" * 30
