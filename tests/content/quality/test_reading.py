"""Words, sentences and minutes of a lesson."""

from __future__ import annotations

import pytest

from lms.content.quality.reading import LONG_SENTENCE, read_by, reading_findings, sentences_in
from tests.content.quality.planted import planted, said, written
from tests.content.small import FIRST, FIRST_FR

PLACE = "## Who decides {#ab11-2}\n"
LONG = " ".join(["word"] * (LONG_SENTENCE + 1)).capitalize() + ".\n\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two? Three!", 3),
        ("He says: “Stop.” Then he goes.", 2),
        ("« Où ? » demande-t-elle, puis elle sort.", 1),  # a small letter goes on
        ("At 10.30 the door opens.", 1),
        ("متى يكون الماء ساخنا؟ وماذا لو مرضت ليلا؟", 2),
        ("Кто решает? Директор.", 2),
        ("Әр ереже бар. Екінші сөйлем.", 2),
        ("A heading without a sign", 0),
        ("The person | What helps", 0),
        ("...", 0),
    ],
)
def test_sentences_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert len(sentences_in(text)) == count


def test_a_reading_counts_what_a_learner_reads() -> None:
    course = planted("en/AB-1.1.md", PLACE, PLACE + "\nFive words in one sentence.\n")
    before = next(read_by(planted("en/AB-1.1.md", "Women.", "Men.")))[1]
    after = next(read_by(course))[1]
    assert (after.words - before.words, after.sentences - before.sentences) == (5, 1)
    for unread in ("Let them speak first.", "Name the body to which", "How long is it at most?"):
        longer = next(read_by(planted("en/AB-1.1.md", unread, f"{LONG.strip()} {unread}")))[1]
        assert longer.words == before.words, unread


def test_arabic_words_are_not_cut_at_their_vowels() -> None:
    course = planted("ar/AB-1.1.md", "- قل ما هو ممنوع.", "- تُقدَّم الشَّكْوى كتابةً.")
    words = {(r.lesson, r.language): r.words for _, r, _ in read_by(course)}
    plain = planted("ar/AB-1.1.md", "- قل ما هو ممنوع.", "- تقدم الشكوى كتابة.")
    assert words == {(r.lesson, r.language): r.words for _, r, _ in read_by(plain)}


def test_a_lesson_is_too_short_or_too_long_for_its_minutes() -> None:
    short = said(reading_findings(planted("en/AB-1.1.md", "Women.", "Men.")), "reading.short")
    assert short[0] == (
        "en/AB-1.1.md: warning: The lesson has 64 words for 15 minutes. Write 500 to 900."
    )
    assert "for 10 minutes. Write 330 to 600." in short[1]
    long = planted("en/AB-1.1.md", PLACE, PLACE + "\n" + "Four words stand here.\n\n" * 240)
    (told,) = said(reading_findings(long), "reading.long")
    assert told == (
        "en/AB-1.1.md: warning: The lesson has 1024 words for 15 minutes. "
        "Shorten it to 500 to 900, or split it."
    )


def test_only_the_source_language_has_a_length_in_words() -> None:
    findings = reading_findings(planted("en/AB-1.1.md", "Women.", "Men."))
    assert all(each.startswith("en/") for each in said(findings, "reading.short"))


def test_minutes_are_held_against_the_words_of_every_language() -> None:
    french = FIRST_FR.replace("La loi décide.", "La loi décide ici.\n\n" * 400)
    course = written({"fr/AB-1.1.md": french})
    (told,) = (
        each for each in said(reading_findings(course), "reading.minutes") if each[:2] == "fr"
    )
    assert "of the 15 minutes" in told
    assert "1.5 to 6.0 minutes of reading fit" in told


def test_a_translation_that_is_not_finished_is_not_called_too_short() -> None:
    told = said(reading_findings(written({"fr/AB-1.1.md": FIRST_FR})), "reading.minutes")
    assert [each.partition(":")[0] for each in told] == [
        "en/AB-1.1.md",
        "en/AB-1.2.md",
        "en/AB-2.1.md",
    ]


def test_long_sentences_are_told_with_the_line_of_the_first() -> None:
    course = planted("en/AB-1.1.md", PLACE, PLACE + "\n" + LONG * 4)
    (share,) = said(reading_findings(course), "reading.sentences")
    assert share.startswith("en/AB-1.1.md:27: warning: ")
    assert "have more than 25 words" in share
    (mean,) = said(
        reading_findings(planted("en/AB-1.1.md", PLACE, PLACE + "\n" + LONG * 40)), "reading.mean"
    )
    assert "18 is the most" in mean


def test_a_lesson_without_any_sentence_divides_by_nothing() -> None:
    bare = '+++\ntitle = "Nothing"\n+++\n\n## Empty {#ab21-1}\n'
    checks = FIRST[FIRST.index("::: check AB-1.1-c2") :].partition("::: keypoints")[0]
    course = written(
        {
            "en/AB-2.1.md": bare
            + "\n"
            + checks.replace("AB-1.1-c2", "AB-2.1-c1").replace("ab11-c2", "ab21-c1")
        }
    )
    reading = next(r for _, r, _ in read_by(course) if r.lesson == "AB-2.1")
    assert (reading.sentences, reading.mean, reading.share) == (0, 0.0, 0.0)
