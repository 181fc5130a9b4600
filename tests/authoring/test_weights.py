"""What lessons weigh on a weak line, and that too heavy ones go out only with a reason."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.audit.models import AuditRow
from lms.authoring import shipped
from lms.authoring.compiled import compile_course
from lms.authoring.voices import spoken_voices
from lms.authoring.weights import SLOW, WEAK, TooHeavy, Weight, refuse_heavy, table, weigh, weight
from lms.content import folder
from lms.db import transaction
from lms.web.files import file_store
from tests.authoring.conftest import MONDAY, REAL, Press, editions
from tests.content.photos import photo
from tests.content.small import edited, read, small


def wordy(words: int = 4000) -> dict[str, bytes]:
    """Return the small course with a lesson that no compression makes light."""
    dice = random.Random(7)
    text = "\n\n".join(
        " ".join("".join(dice.choices("abcdefghijklmnop", k=7)) for _ in range(20))
        for _ in range(words // 20)
    )
    return edited("en/AB-1.2.md", "First the door", f"{text}\n\nFirst the door")


def illustrated(count: int) -> dict[str, bytes]:
    lines = "\n".join(f"![A door](media/{n}.webp)" for n in range(count))
    files = edited("en/AB-1.1.md", "The [United", f"{lines}\n\nThe [United")
    return files | {
        f"media/{n}.webp": photo(width=300 + n, height=300, noise=60) for n in range(count)
    }


def test_seconds_are_delay_and_bits() -> None:
    assert WEAK.seconds(8_000) == pytest.approx(0.6 + 1.0)
    assert SLOW.seconds(31_250) == pytest.approx(0.3 + 1.0)
    light, heavy = Weight("AB-1.1", "en", 6_100), Weight("AB-1.1", "en", 6_100, 80_000)
    assert light.seconds(WEAK) == pytest.approx(0.6 + 1.0)
    assert heavy.seconds(WEAK) == pytest.approx(0.6 + 1.0 + 0.6 + 10.0)


def test_a_page_is_words_and_what_stands_around_them() -> None:
    one = Weight("AB-1.1", "en", 5_000, 1_000)
    assert (one.next, one.first) == (6_900, 14_900)


@pytest.mark.parametrize(
    ("words", "pictures", "reasons"),
    [(7_100, 0, 0), (7_101, 0, 1), (100, 300_000, 0), (100, 300_001, 1), (9_000, 400_000, 2)],
)
def test_the_budget_of_a_lesson(words: int, pictures: int, reasons: int) -> None:
    assert len(Weight("AB-1.1", "en", words, pictures).reasons()) == reasons


def test_words_and_pictures_are_weighed_apart() -> None:
    found = {(each.code, each.language): each for each in weigh(read(illustrated(2)))}
    assert {language for _, language in found} == {"en", "ar", "fr"}
    data = [photo(width=300 + n, height=300, noise=60) for n in range(2)]
    assert found["AB-1.1", "en"].pictures == sum(map(len, data))
    assert found["AB-1.2", "en"].pictures == 0
    without = {(each.code, each.language): each for each in weigh(read(small()))}
    assert 0 < found["AB-1.1", "en"].words - without["AB-1.1", "en"].words < 300


def test_the_table_says_every_lesson_and_marks_what_is_too_heavy() -> None:
    lines = table(weigh(read(wordy())))
    assert len(lines) == 1 + 9 + 3
    marked = [line for line in lines[1:10] if line.endswith(" *")]
    assert {line.split()[0] for line in marked} == {"AB-1.2"}


def test_too_heavy_a_course_is_refused_and_every_reason_said(
    press: Press, session: Session
) -> None:
    with pytest.raises(TooHeavy) as refused:
        press(wordy())
    assert editions(session) == []
    said = [str(reason) for reason in refused.value.reasons]
    assert len(said) == 5  # the other languages fall back to the same words
    assert said[0].startswith("Lesson AB-1.2 in en loads ")
    assert said[0].endswith(" bytes, and 9000 are the most: shorten or split it.")
    assert str(refused.value.message).startswith("5 times the course is too heavy")


def test_too_many_pictures_are_refused(press: Press) -> None:
    with pytest.raises(TooHeavy, match="too heavy for weak lines"):
        press(illustrated(8))


def test_a_folder_that_is_too_heavy_is_published_once_by_command_with_a_reason(
    press: Press, tmp_path: Path, lms: Callable[..., Result]
) -> None:
    folder.write(tmp_path / "courses" / "small-course", wordy())
    with pytest.raises(TooHeavy):
        press.take(tmp_path / "courses")
    done = lms("publish", tmp_path / "courses" / "small-course", "--heavy", "It is printed.")
    assert done.exit_code == 0, done.output
    assert [each.state for each in press.take(tmp_path / "courses")] == ["unchanged"]


@pytest.mark.parametrize("because", ["", "  ", "\n"])
def test_a_blank_reason_is_none(because: str, session: Session) -> None:
    made = compile_course(read(wordy()), None, spoken_voices())
    with pytest.raises(TooHeavy):
        refuse_heavy(made.lessons, because)
    refuse_heavy(made.lessons, "The lesson is printed.")


def test_a_reason_lets_it_out_and_stands_in_the_audit(session: Session) -> None:
    for files, because in ((illustrated(8), "Pictures of the locks."), (small(), "")):
        shipped.publish(
            transaction,
            read(files),
            file_store(),
            None,
            spoken_voices(),
            now=MONDAY,
            heavy_because=because,
        )
    facts = session.scalars(
        select(AuditRow.facts).where(AuditRow.action == "edition.published").order_by(AuditRow.id)
    ).all()
    assert [each.get("heavy") for each in facts] == ["Pictures of the locks.", None]


@pytest.mark.parametrize("slug", sorted(path.parent.name for path in REAL.glob("*/course.toml")))
def test_the_shipped_courses_are_within_the_budget(session: Session, slug: str) -> None:
    course = read(folder.load(REAL / slug))
    for nation in (None, *course.nations):
        made = compile_course(course, nation, spoken_voices())
        assert [str(each) for one in made.lessons for each in weight(one).reasons()] == []


def test_the_command_refuses_until_it_is_told_why(
    lms: Callable[..., Result], tmp_path: Path, session: Session
) -> None:
    folder.write(tmp_path / "course", wordy())
    refused = lms("publish", tmp_path / "course")
    assert refused.exit_code == 1
    assert "Lesson AB-1.2 in en loads" in refused.output
    assert "publish it with --heavy and the reason" in refused.output
    assert editions(session) == []
    assert lms("publish", tmp_path / "course", "--heavy", "It is printed.").exit_code == 0
    assert editions(session) == ["1.0"]


def test_the_report_weighs_every_lesson(lms: Callable[..., Result], tmp_path: Path) -> None:
    folder.write(tmp_path / "course", illustrated(2))
    plain, tabled = lms("check", tmp_path / "course"), lms("check", tmp_path / "course", "--report")
    assert "64 kbit/s" not in plain.output
    assert "lesson          kB pictures  64 kbit/s 250 kbit/s" in tabled.output
