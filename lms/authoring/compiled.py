"""A course and a nation's layer become the rows that pages read. Pure: values in, values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.catalogue.structure import Closure, LessonPlace, Module, PassRule, Structure, TestPlan
from lms.content.boxes import blocking_boxes, status_of
from lms.content.digests import NEWS, block_key, text_digest
from lms.content.freshness import behind_law, is_current, own_translations
from lms.content.html import block_in, fallback_chain, in_language, item_words, lesson_html
from lms.content.markdown import inline, rich
from lms.content.model import Course, Document, Limit, NationFacts, Question
from lms.content.standing import is_reviewed
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg
from lms.kernel.packing import as_brotli

MOST_LESSON_BYTES = 60 * 1024
# Item id, language, words.
ItemText = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Voice:
    """How compiled text speaks one language: its fixed words and its way to write a day."""

    labels: Mapping[str, str]
    shown_date: Callable[[date], str]


@dataclass(frozen=True, slots=True)
class CompiledText:
    """Titles of a course in one language."""

    language: str
    title: str
    facts: dict[str, Any]
    bank_complete: bool
    reviewed: bool


@dataclass(frozen=True, slots=True)
class CompiledLesson:
    """One lesson in one language."""

    code: str
    language: str
    title: str
    parts: dict[str, Any]
    bytes: int


@dataclass(frozen=True, slots=True)
class CompiledCourse:
    """All that the rows of an edition are made of."""

    structure: dict[str, Any]
    items: tuple[Question, ...]
    item_texts: tuple[ItemText, ...]
    texts: tuple[CompiledText, ...]
    lessons: tuple[CompiledLesson, ...]


def compile_course(
    course: Course, nation: str | None, voices: Mapping[str, Voice]
) -> CompiledCourse:
    """Return a course as it is published for a nation; ``voices`` are the languages of the pages.

    raises Refused for a lesson that is too large for a weak line.
    """
    layer = nation_of(course, nation)
    places = structure(course, layer)
    items = bank(course, layer)
    said = all_item_texts(course, layer, items)
    taught = tuple(lessons(course, layer, voices, places.codes()))
    return CompiledCourse(
        structure=places.to_facts(),
        items=tuple(items),
        item_texts=said,
        texts=tuple(texts(course, layer, voices, words_known(said), sizes_of(taught))),
        lessons=taught,
    )


def all_item_texts(
    course: Course, nation: NationFacts | None, items: Iterable[Question]
) -> tuple[ItemText, ...]:
    """Return the words of every item in each language that has them."""
    return tuple(
        (item.id, language, words)
        for item in items
        for language, words in item_texts(course, nation, item)
    )


def words_known(said: Iterable[ItemText]) -> Counter[str]:
    """Return how many items have words in each language."""
    return Counter(language for _, language, _ in said)


# Language -> lesson code -> bytes of its words on the line, and of its pictures where it has any.
Sizes = dict[str, dict[str, list[int]]]


def sizes_of(taught: Iterable[CompiledLesson]) -> Sizes:
    """Return what lessons weigh, as titles name it."""
    sizes: Sizes = {}
    for each in taught:
        pictures = [each.parts["pictures"]] if "pictures" in each.parts else []
        words = len(as_brotli(each.parts["html"].encode()))
        sizes.setdefault(each.language, {})[each.code] = [words, *pictures]
    return sizes


def texts(
    course: Course,
    layer: NationFacts | None,
    languages: Iterable[str],
    known: Mapping[str, int],
    sizes: Sizes,
) -> Iterator[CompiledText]:
    """Yield the titles of a course in each language, with what its lessons weigh.

    known  how many items have words in each language.
    """
    asked = len(bank(course, layer))
    for language in languages:
        of_language = sizes.get(language, {})
        yield text(
            course,
            layer,
            language,
            bank_complete=known.get(language, 0) == asked,
            loads={code: each[0] for code, each in of_language.items()},
            pictures={code: each[1] for code, each in of_language.items() if len(each) > 1},
        )


def nation_of(course: Course, nation: str | None) -> NationFacts | None:
    """Return the layer of a nation; an empty one where the course has none for it."""
    if nation is None:
        return None
    return course.nations.get(nation) or NationFacts(nation)


def structure(course: Course, nation: NationFacts | None) -> Structure:
    """Return the structure of the edition: the course's without what the nation closes."""
    facts = course.facts
    layer = nation or NationFacts("")
    modules = _modules(course, layer)
    taught = {lesson.code for module in modules for lesson in module.lessons}
    minutes = sum(module.minutes for module in modules)
    months = facts.validity_months if layer.validity_months is None else layer.validity_months
    return Structure(
        modules=modules,
        minutes=minutes,
        validity_months=months or None,
        pass_rule=PassRule(**{**facts.pass_rule, **layer.pass_rule}),
        refresher_percent=facts.refresher["percent"],
        refresher_days=facts.refresher["days"],
        prerequisites=facts.prerequisites,
        audience=facts.audience,
        tests={
            name: TestPlan(plan["items"], plan["scenarios"]) for name, plan in facts.tests.items()
        },
        critical=tuple(slot for slot, lesson in facts.critical.items() if lesson in taught),
        boxes={code: status_of(nation, code) for code in facts.boxes},
        blocking_boxes=blocking_boxes(course, nation),
        hours=f"{round(minutes / 30) / 2:g}",
        closed=tuple(
            _closure(layer.closed[module.code], module.code, place)
            for place, module in enumerate(facts.modules)
            if module.code in layer.closed
        ),
        closed_course=_closure(layer.closed_course) if layer.closed_course else None,
        hidden_blocks=tuple(sorted(layer.hidden)),
        replaced_blocks=tuple(sorted(layer.replaced)),
        behind_law={
            language: behind
            for language in course.languages
            if (behind := behind_law(course, nation, language))
        },
    )


def _modules(course: Course, nation: NationFacts) -> tuple[Module, ...]:
    """Return the modules that the nation offers, with their lessons numbered through."""
    modules: list[Module] = []
    number = 0
    for module in course.facts.modules:
        if module.code in nation.closed:
            continue
        lessons = []
        for lesson in module.lessons:
            number += 1
            lessons.append(LessonPlace(lesson.code, lesson.minutes, number, module.code))
        modules.append(Module(module.code, module.minutes, tuple(lessons)))
    return tuple(modules)


def _closure(limit: Limit, code: str = "", place: int = 0) -> Closure:
    day = limit.date.isoformat() if limit.date else None
    return Closure(limit.law, day, dict(limit.words), code, place)


def bank(course: Course, nation: NationFacts | None) -> list[Question]:
    """Return the items of the edition in the language of their key: the core's, the nation's."""
    taught = {lesson.code for lesson in structure(course, nation).lessons()}
    out = nation.items_out if nation else frozenset()
    own = nation.own_items.values() if nation else ()
    return [
        item
        for item in (*course.items[course.facts.source].values(), *own)
        if item.facts["lesson"] in taught and item.id not in out
    ]


def item_texts(
    course: Course, nation: NationFacts | None, item: Question
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (language, words) wherever an item is translated and its translation is not stale."""
    if nation is not None and item.id in nation.own_items:
        yield nation.source, item_words(item)
        for language, said in own_translations(course, nation, item):
            yield language, item_words(said)
        return
    source = course.facts.source
    yield source, item_words(item)
    name = item.file.partition("/")[2].removesuffix(".md")
    original = next(
        block for block in course.documents[source][name].blocks if block_key(block) == item.id
    )
    for language in course.languages[1:]:
        translated = course.items[language].get(item.id)
        document = course.documents[language].get(name)
        if translated and document and is_current(course, document, original):
            yield language, item_words(translated)


def text(
    course: Course,
    nation: NationFacts | None,
    language: str,
    *,
    bank_complete: bool,
    loads: Mapping[str, int],
    pictures: Mapping[str, int],
) -> CompiledText:
    """Return titles and description of the course in ``language``, filled from its chain.

    loads      lesson code -> bytes of its words as they go over the line.
    pictures   lesson code -> bytes of its pictures, for lessons that have any.
    """
    source = course.facts.source
    chain = fallback_chain(language, source)
    places = structure(course, nation)

    said_in: dict[str, str] = {}

    def document_of(name: str) -> Document:
        spoken = next(each for each in chain if name in course.documents.get(each, {}))
        if spoken != language:
            said_in[name] = spoken
        return course.documents[spoken][name]

    about = document_of("course")
    modules = about.front["modules"]
    html = []
    for block in course.documents[source]["course"].blocks:
        spoken, _, shown = block_in(course, "course", block, language)
        html.append(
            in_language(f"<h3>{inline(shown.title)}</h3>{rich(shown.body)}", spoken, language)
        )
    facts = {
        # With those that the country has closed: the course page names them, too.
        "modules": {module.code: str(modules[module.code]) for module in course.facts.modules},
        "lessons": {
            lesson.code: str(document_of(lesson.code).front["title"]) for lesson in places.lessons()
        },
        "html": "\n".join(html),
        "public_title": str(about.front.get("public_title") or about.front["title"]),
        # Of titles that are not translated, by the name of their file: the language that they are
        # in. Those of the modules stand with that of the course.
        "said_in": said_in,
        "loads": dict(loads),
    }
    if pictures:
        facts["pictures"] = dict(pictures)
    news = _news(course, chain)
    if news is not None:
        facts["news"] = news
    reviewed = language == source or is_reviewed(about)
    title = str(about.front["title"])
    return CompiledText(language, title, facts, bank_complete, reviewed)


def _news(course: Course, chain: Sequence[str]) -> dict[str, str] | None:
    """Return what is new in this edition, ``text`` and ``language``; None where nothing is said.

    A translation counts only while it was made from this text: the one before told of another
    edition.
    """
    source = course.facts.source
    text = course.documents[source]["course"].front.get("news")
    if not text:
        return None
    for spoken in chain:
        about = course.documents.get(spoken, {}).get("course")
        said = about.front.get("news") if about else None
        made_from = about.front.get("from", {}).get(NEWS) if about else None
        if said and (spoken == source or made_from == text_digest(text)):
            return {"text": said, "language": spoken}
    return None


def lessons(
    course: Course,
    nation: NationFacts | None,
    voices: Mapping[str, Voice],
    codes: Sequence[str],
    *,
    one_page: bool = False,
) -> Iterator[CompiledLesson]:
    """Yield every lesson in every language of ``voices``.

    raises Refused for a page of more than 60 kB.
    """
    for code in codes:
        for language, voice in voices.items():
            found = lesson_html(
                course,
                code,
                language,
                voice.labels,
                nation=nation,
                shown_date=voice.shown_date,
                one_page=one_page,
            )
            size = len(found.html.encode())
            if size > MOST_LESSON_BYTES:
                raise Refused(
                    Message(
                        msg(
                            "Lesson %(code)s in %(language)s has %(size)s bytes as a page. It may "
                            "have 61,440: shorten it."
                        ),
                        {"code": code, "language": language, "size": size},
                    )
                )
            yield CompiledLesson(code, language, found.title, found.parts(), size)
