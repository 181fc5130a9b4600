"""A folder becomes an edition that never changes; what changed since is offered, never taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.audit.models import AuditRow
from lms.authoring import packages, shipped
from lms.catalogue.models import (
    TITLE_IN,
    Course,
    Edition,
    EditionItem,
    EditionItemText,
    EditionLesson,
    EditionPicture,
    EditionText,
    OfferedChange,
)
from lms.content.faults import CourseRefused
from lms.installation import LANGUAGES
from lms.kernel.errors import NotFound, Refused
from lms.web.files import file_store
from tests.authoring.conftest import Press, editions
from tests.content.photos import photo
from tests.content.small import edited, read, small
from tests.people import Cast


def test_the_same_folder_twice_is_one_edition(session: Session, press: Press) -> None:
    assert [press(), press()] == ["1.0", "1.0"]
    assert editions(session) == ["1.0"]
    assert (
        session.scalar(
            select(func.count()).select_from(AuditRow).where(AuditRow.action == "edition.published")
        )
        == 1
    )


WORDS = [
    ("en/AB-1.1.md", "It is ten to nine.", "It is nine."),
    ("en/bank/AB-1.md", "The secret question 1", "The very secret question 1"),
    ("en/bank/AB-1.md", "> Secret reason 1.", "> Another secret reason 1."),
    ("ar/AB-1.1.md", "لا استثناء", "لا استثناء أبدا"),
    ("en/glossary.md", "Severe pain", "Great pain"),
    ("en/course.md", "The first module", "Module one"),
    ("course.toml", 'licence = "CC-BY-4.0"', 'licence = "CC-BY-SA-4.0"'),
    ("course.toml", "review_by = 2027-11-30", "review_by = 2028-11-30"),
]
STRUCTURE = [
    ("en/bank/AB-1.md", "- [x] a. Secret yes 1.", "- [ ] a. Secret yes 1.", "- [ ] b. Secret no 1.",
     "- [x] b. Secret no 1."),
    ("en/bank/AB-2.md", "1. c. Secret first.\n2. a.", "1. a. Secret first.\n2. c."),
    ("en/bank/AB-1.md", "## AB-1-006", "## AB-1-016"),
    ("en/bank/AB-1.md", "scenario lesson=AB-1.1 section=ab11-2",
     "scenario lesson=AB-1.1 section=ab11-2 critical=no-torture"),
    ("en/bank/AB-1.md", "scenario lesson=AB-1.1 section=ab11-2",
     "scenario lesson=AB-1.2 section=ab12-1"),
    ("course.toml", "percent = 80", "percent = 85"),
    ("course.toml", "minutes = 15", "minutes = 20"),
    ("course.toml", "attempts = 3", "attempts = 2"),
    ("course.toml", "validity_months = 24", "validity_months = 12"),
    ("course.toml", "blocking = false", "blocking = true"),
    ("course.toml", "items = 5", "items = 6"),
    ("course.toml", "prerequisites = []", 'prerequisites = ["other-course"]'),
]  # fmt: skip


def changed(path: str, *pairs: str) -> dict[str, bytes]:
    files = small(
        {
            "nations/ug/nation.toml": None,
            "nations/ug/en/boxes.md": None,
            "nations/tn/nation.toml": None,
            "nations/tn/ar/boxes.md": None,
        }
    )
    text = files[path].decode()
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    return {**files, path: text.encode()}


@pytest.mark.parametrize("change", WORDS, ids=lambda change: change[2])
def test_other_words_are_a_revision(
    session: Session, press: Press, change: tuple[str, str, str]
) -> None:
    press(changed("course.toml"))
    assert press(changed(*change)) == "1.1"
    assert editions(session) == ["1.0", "1.1"]


@pytest.mark.parametrize("change", STRUCTURE, ids=lambda change: change[2])
def test_another_key_or_structure_is_a_number(
    session: Session, press: Press, change: tuple[str, ...]
) -> None:
    press(changed("course.toml"))
    assert press(changed(*change)) == "2.0"


def test_a_change_of_meaning_is_a_number_and_a_typing_error_is_not(press: Press) -> None:
    entry = '[[change]]\nblock = "ab11-p"\nold = "a"\nnew = "b"\nseverity = "{}"\n'
    press()
    assert press(small({"changes.toml": entry.format("typo")})) == "1.1"
    assert press(small({"changes.toml": entry.format("meaning")})) == "2.0"
    words = edited("en/AB-1.1.md", "It is ten to nine.", "It is nine.")
    words["changes.toml"] = entry.format("meaning").encode()
    assert press(words) == "2.1"


def test_other_words_of_the_country_are_a_revision(press: Press) -> None:
    press(nation="tn")
    assert press(edited("nations/tn/ar/boxes.md", "الهيئة", "هيئة"), "tn") == "1.1"
    status = edited("nations/tn/nation.toml", '"draft"', '"under-review"')
    assert press(status, "tn") == "1.2"
    assert press(edited("nations/ug/en/boxes.md", "The", "A"), "tn") == "1.3"


def test_a_closed_module_is_a_number(press: Press) -> None:
    assert [press(), press(nation="ug"), press(nation="tn")] == ["1.0", "2.0", "3.0"]


def test_an_old_edition_stays_as_it_was(session: Session, press: Press) -> None:
    press()
    first = session.scalar(select(Edition))
    assert first is not None
    before = session.execute(
        select(EditionLesson.parts).where(EditionLesson.edition_id == first.id)
    ).all()
    press(edited("en/AB-1.1.md", "It is ten to nine.", "It is nine."))
    session.expire_all()
    after = session.execute(
        select(EditionLesson.parts).where(EditionLesson.edition_id == first.id)
    ).all()
    assert before == after
    assert session.get_one(Course, "C77").edition_id != first.id


# ---- Compiled rows ---------------------------------------------------------------------------


def test_every_lesson_is_compiled_in_every_language(session: Session, press: Press) -> None:
    press()
    rows = {(row.code, row.language): row for row in session.scalars(select(EditionLesson))}
    assert set(rows) == {
        (code, language) for code in ("AB-1.1", "AB-1.2", "AB-2.1") for language in LANGUAGES
    }
    for row in rows.values():
        assert row.bytes == len(row.parts["html"].encode())
        assert row.parts["fallback"] is (row.language != "en")
    assert rows["AB-1.1", "ar"].title == "الدرس الأول"
    assert rows["AB-1.1", "kk"].title == "The first lesson"
    texts = {row.language: row for row in session.scalars(select(EditionText))}
    assert set(texts) == set(LANGUAGES)
    assert texts["ar"].title == "دورة صغيرة"
    assert texts["fr"].title == "A small course"
    assert texts["ar"].facts["modules"] == {"AB-1": "الوحدة الأولى", "AB-2": "الوحدة الثانية"}
    assert texts["ar"].facts["lessons"]["AB-1.2"] == "The second lesson"
    assert texts["en"].facts["html"].startswith("<h3>What it is about</h3><p>Two <strong>modules")
    assert (texts["en"].reviewed, texts["ar"].reviewed) == (True, False)


def test_what_is_not_translated_says_in_which_language_it_is(
    session: Session, press: Press
) -> None:
    press()
    texts = {row.language: row.facts for row in session.scalars(select(EditionText))}
    every = dict.fromkeys(("course", "AB-1.1", "AB-1.2", "AB-2.1"), "en")
    assert texts["en"]["said_in"] == {}
    assert texts["ru"]["said_in"] == texts["kk"]["said_in"] == every
    assert "course" not in texts["ar"]["said_in"]
    assert "AB-1.1" not in texts["ar"]["said_in"]
    assert texts["ar"]["said_in"]["AB-1.2"] == "en"
    assert '<div lang="en" dir="ltr"><h3>What it is about</h3>' in texts["kk"]["html"]
    assert "lang=" not in texts["en"]["html"]
    found = {(code, said) for code, said in session.execute(select(EditionText.language, TITLE_IN))}
    assert found == {("en", None), ("ar", None), ("fr", "en"), ("ru", "en"), ("kk", "en")}


def test_a_closed_module_takes_its_lessons_and_items_along(session: Session, press: Press) -> None:
    press(nation="ug")
    lessons = set(session.scalars(select(EditionLesson.code)))
    items = set(session.scalars(select(EditionItem.module)))
    assert (lessons, items) == ({"AB-1.1", "AB-1.2"}, {"AB-1"})
    edition = session.scalar(select(Edition))
    assert edition is not None
    assert [module["code"] for module in edition.facts["modules"]] == ["AB-1"]
    assert edition.facts["boxes"] == {"NA-01": "confirmed", "NA-02": "empty"}
    assert edition.facts["minutes"] == 25


def test_an_item_that_a_country_takes_out_is_not_there(session: Session, press: Press) -> None:
    press(nation="tn")
    items = set(session.scalars(select(EditionItem.item_id)))
    assert "AB-1-006" not in items
    assert len(items) == 10


def test_a_country_without_a_layer_has_empty_boxes(session: Session, press: Press) -> None:
    press(nation="zz")
    edition = session.scalar(select(Edition))
    assert edition is not None
    assert edition.facts["boxes"] == {"NA-01": "empty", "NA-02": "empty"}
    assert edition.nation == "zz"


BANK_AR = (
    "+++\n+++\n\n"
    + "".join(f"## AB-1-00{n}\n\nسؤال {n}؟\n\n- a. نعم.\n- b. لا.\n\n" for n in range(1, 7))
    + "## AB-1-007\n\nرجل.\n\n"
    + "".join(f"### s{n}\nماذا؟\n- a. أجب.\n- b. انتظر.\n\n" for n in range(1, 4))
)
BANK_AR_2 = (
    "+++\n+++\n\n"
    + "".join(f"## AB-2-00{n}\n\nسؤال {n}؟\n\n- a. نعم.\n- b. لا.\n\n" for n in range(1, 4))
    + "## AB-2-004\n\nما الأول؟\n\n- a. تكلم.\n- b. اكتب.\n- c. انظر.\n"
)


def translated() -> dict[str, bytes]:
    from lms.content.stamp import stamp

    files = small({"ar/bank/AB-1.md": BANK_AR, "ar/bank/AB-2.md": BANK_AR_2})
    return {**files, **stamp(files, "en").files}


def complete(session: Session, language: str) -> bool:
    session.expire_all()
    newest = session.get_one(Course, "C77").edition_id
    return bool(session.get_one(EditionText, (newest, language)).bank_complete)


def test_a_bank_is_complete_where_every_item_is_translated(session: Session, press: Press) -> None:
    press()
    assert [complete(session, language) for language in ("en", "ar", "fr")] == [True, False, False]
    press(translated())
    assert complete(session, "ar")
    words = session.scalars(select(EditionItemText.language)).all()
    assert words.count("ar") == 11


def test_a_stale_item_makes_a_bank_incomplete(session: Session, press: Press) -> None:
    files = translated()
    files["en/bank/AB-2.md"] = files["en/bank/AB-2.md"].replace(b"order?", b"order now?")
    press(files)
    assert not complete(session, "ar")


def test_what_a_country_takes_out_need_not_be_translated(session: Session, press: Press) -> None:
    files = translated()
    text = files["ar/bank/AB-1.md"].decode()
    start, end = text.index("## AB-1-006"), text.index("## AB-1-007")
    files["ar/bank/AB-1.md"] = (text[:start] + text[end:]).encode()
    press(files)
    assert not complete(session, "ar")
    press(files, "tn")
    assert complete(session, "ar")


# ---- Shipped folders -------------------------------------------------------------------------


def test_a_shipped_course_is_published_once(press: Press, courses: Path, session: Session) -> None:
    assert [done.state for done in press.take(courses)] == ["published"]
    assert [done.state for done in press.take(courses)] == ["unchanged"]
    assert editions(session) == ["1.0"]


def test_a_changed_folder_is_offered_and_never_taken(
    press: Press, courses: Path, session: Session
) -> None:
    press.take(courses)
    lesson = courses / "small-course/en/AB-1.1.md"
    before = lesson.read_text()
    lesson.write_text(before.replace("It is ten to nine.", "It is nine."))
    assert [done.state for done in press.take(courses)] == ["offered"]
    assert [done.state for done in press.take(courses)] == ["offered"]
    assert editions(session) == ["1.0"]
    assert session.get(OfferedChange, "C77") is not None
    assert "nine" in str(
        session.scalar(
            select(EditionLesson.parts).where(
                EditionLesson.code == "AB-1.1", EditionLesson.language == "en"
            )
        )
    )
    lesson.write_text(before)
    assert [done.state for done in press.take(courses)] == ["unchanged"]
    session.expire_all()
    assert session.get(OfferedChange, "C77") is None


def test_publishing_takes_the_offer_away(press: Press, courses: Path, session: Session) -> None:
    press.take(courses)
    files = edited("en/AB-1.1.md", "It is ten to nine.", "It is nine.")
    (courses / "small-course/en/AB-1.1.md").write_bytes(files["en/AB-1.1.md"])
    press.take(courses)
    assert press(files) == "1.1"
    session.expire_all()
    assert session.get(OfferedChange, "C77") is None
    assert [done.state for done in press.take(courses)] == ["unchanged"]


def test_a_folder_with_faults_that_was_never_published_is_refused(
    press: Press, courses: Path, session: Session
) -> None:
    (courses / "small-course/en/AB-1.2.md").unlink()
    with pytest.raises(CourseRefused):
        press.take(courses)
    assert editions(session) == []


@pytest.mark.parametrize("harm", ["fault", "link"])
def test_a_later_fault_does_not_keep_a_server_from_starting(
    press: Press, courses: Path, session: Session, harm: str
) -> None:
    press.take(courses)
    if harm == "fault":
        (courses / "small-course/en/AB-1.2.md").unlink()
    else:
        (courses / "small-course/en/link.md").symlink_to("/etc/hostname")
    assert [(done.course_id, done.state) for done in press.take(courses)] == [("C77", "refused")]
    assert editions(session) == ["1.0"]


def test_two_courses_have_not_one_address(press: Press) -> None:
    press()
    with pytest.raises(Refused, match="C77 already has the address small-course"):
        press(edited("course.toml", 'id = "C77"', 'id = "C78"'))


def test_too_long_a_lesson_is_refused(press: Press, session: Session) -> None:
    long = edited("en/AB-1.2.md", "First the door", "More and more words.\n\n" * 2400 + "First")
    with pytest.raises(Refused, match=r"Lesson AB-1\.2 in en has .* bytes"):
        press(long)
    assert editions(session) == []


# ---- The package -----------------------------------------------------------------------------


def test_the_package_gives_the_folder_back(press: Press, session: Session) -> None:
    press()
    files = shipped.exported(session, SERVER, "small-course", file_store())
    assert files == {f"small-course/{path}": data for path, data in small().items()}


def test_the_same_course_gives_the_same_package() -> None:
    again = dict(reversed(small().items()))
    assert packages.packed(read(small())) == packages.packed(read(again))


def test_no_course_is_no_package(session: Session) -> None:
    with pytest.raises(NotFound):
        shipped.exported(session, SERVER, "small-course", file_store())


def test_a_learner_gets_no_key_of_any_question(press: Press, session: Session, amina: Cast) -> None:
    press()
    with pytest.raises(NotFound):
        shipped.exported(session, amina.viewer, "small-course", file_store())


# ---- Pictures --------------------------------------------------------------------------------


def with_a_picture(words: str = "A door") -> dict[str, bytes]:
    files = edited("en/AB-1.1.md", "The [United", f"![{words}](media/door.webp)\n\nThe [United")
    return {**files, "media/door.webp": photo()}


def test_the_store_keeps_each_picture_and_the_edition_knows_it(
    session: Session, press: Press
) -> None:
    press(with_a_picture())
    (row,) = session.scalars(select(EditionPicture))
    data = photo()
    assert (row.name, row.kind, row.bytes) == ("door.webp", "webp", len(data))
    assert (row.width, row.height) == (120, 80)
    assert file_store().get(row.digest) == data
    assert row.digest.startswith(row.address)


def test_what_a_lesson_loads_counts_its_pictures_apart(session: Session, press: Press) -> None:
    press(with_a_picture())
    texts = {row.language: row.facts for row in session.scalars(select(EditionText))}
    assert texts["en"]["pictures"] == {"AB-1.1": len(photo())}
    assert texts["en"]["loads"]["AB-1.1"] < 3000
    press()
    session.expire_all()
    newest = session.get_one(Course, "C77").edition_id
    assert "pictures" not in session.get_one(EditionText, (newest, "en")).facts


def test_another_picture_or_other_words_for_it_are_a_revision(press: Press) -> None:
    press()
    assert press(with_a_picture()) == "1.1"
    assert press(with_a_picture("A gate")) == "1.2"
    assert press({**with_a_picture("A gate"), "media/door.webp": photo(width=90)}) == "1.3"


def test_the_package_holds_the_pictures(press: Press, session: Session) -> None:
    press(with_a_picture())
    files = shipped.exported(session, SERVER, "small-course", file_store())
    assert files["small-course/media/door.webp"] == photo()
