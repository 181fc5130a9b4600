"""The lists of words that make somebody a suspect: they catch, and they let honest words pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms.content.model import Course
from lms.content.quality.suspicion import NOWHERE, WORDS, named, right_answers, suspects
from tests.content.test_shipped_courses import LANGUAGES, shipped

# Each says nothing bad about anybody, and each is caught: the word has no business in the course.
CAUGHT: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "country": ("He was born in Somalia.", "A Kurdish teacher", "the German director"),
        "faith": ("Two Muslims and a Christian", "The church is open.", "the rabbi’s visit"),
        "group": ("He read about the IRA.", "al-Qaida", "a film about ISIS"),
        "looks": ("He has a beard.", "She wears a headscarf.", "He is fasting."),
        "label": ("He is an extremist.", "Terrorists", "a radical"),
    },
    "fr": {
        "country": ("Il est né en Somalie.", "l’Ougandaise", "une voisine kurde", "en français"),
        "faith": ("deux musulmans et un chrétien", "L’église est ouverte.", "la visite de l’imam"),
        "group": ("Il a lu un livre sur l’IRA.", "Al-Qaïda", "un film sur Daech"),
        "looks": ("Il porte la barbe.", "Elle porte un foulard.", "Il jeûne.", "un accent du sud"),
        "label": ("C’est un extrémiste.", "des terroristes", "des radicaux", "Il est radicalisé."),
    },
    "ar": {
        "country": ("ولد في الصومال.", "والعراقيون", "مدرّس كرديّ", "بالفرنسية", "للتونسيين"),
        "faith": ("مسلمان ومسيحي: المُسلمون", "بالمسجد", "زيارة الإمام", "قرأ القرآن", "والسلفيون"),
        "group": ("فيلم عن داعش", "كتاب عن تنظيم القاعدة", "بوكو حرام"),
        "looks": ("له لحية.", "تلبس الحجاب.", "وهو صائم.", "شعره طويل", "بِلُكْنَةٍ"),
        "label": ("إنه متطرّف.", "الإرهابيون", "والمتشددون", "متعصّب"),
    },
    "ru": {
        "country": ("Он родился в Сомали.", "курдская учительница", "по-французски", "с турками"),
        "faith": ("двое мусульман и христианин", "в мечети", "приход имама", "Он читал Библию."),
        "group": ("Он читал об ИРА.", "Аль-Каида", "фильм об ИГИЛ"),
        "looks": ("У него борода.", "Она носит платок.", "Он постится.", "говорит с акцентом"),
        "label": ("Он экстремист.", "террористы", "радикала", "фанатик"),
    },
    "kk": {
        "country": ("Ол Сомалиде туған.", "күрд мұғалімі", "қазақша", "ауғандар", "французша"),
        "faith": ("екі мұсылман", "мешітке барды", "имамның келуі", "Құранды оқыды", "шіркеуде"),
        "group": ("ДАИШ туралы фильм", "Әл-Қаида", "ИРА туралы кітап"),
        "looks": ("Оның сақалы бар.", "Ол орамал тағады.", "ораза ұстайды", "терісінің түсі"),
        "label": ("Ол — экстремист.", "террористер", "радикалдар", "фанатик"),
    },
}
# Honest sentences whose words look like the ones above.
HONEST = {
    "en": ("A skinny fare: hairline cracks, an accentuated line.", "Biblical? No: a bibliography."),
    "fr": (
        "Il ira demain à la bibliothèque. L’été, l’état du jeune détenu s’améliore.",
        "Rien à cacher : mettez l’accent sur les faits. Dévoilez la règle 57. Il dérobe un stylo.",
        "Le prêt est prêt, les prêts aussi. Le président turbulent. Radicalisation violente.",
    ),
    "ar": (
        "تنص القاعدة 57 على ذلك. والقاعدتان 43 و44. طالبان يتناقشان أمام الباب.",
        "عربة الفطور متأخرة، وعليه دَيْن معروف سلفا. وهو مسلم به. شعر بالظلم، ويشعر به غيره.",
        "تركيز على الوقائع، وتركيب قفل. سلّمه جهازا. التشدد المفضي إلى العنف. كرد مكتوب.",
        "تركهم خلال النوبة. الدروس والرؤوس. ولهجته هادئة. والنقابة تزيل العراقيل. المانع زال.",
    ),
    "ru": (
        "Эта библиотека открыта, а та индустрия закрыта. Каждый на своём посту, пост сдан.",
        "Сделайте акцент на фактах. Берегите и оберегайте людей. Священнослужитель пришёл.",
        "Сирота платит за обед. Мечта и подбородок. Кожаный ремень. Радикализация. Ира ушла.",
    ),
    "kk": (
        "Ол басқа бөлімге ауған. Тату тұрады, жаулық жоқ. Теріс жауап. Шашып тастады.",
        "Кітапхана ашық. Бұл құрал сенімді. Радикалдану туралы сабақ. Араша түсті. Сәл-сәлден.",
    ),
}


def test_every_language_has_every_list_and_examples() -> None:
    assert set(WORDS) == set(CAUGHT) == set(HONEST) == set(LANGUAGES)
    kinds = set(WORDS["en"])
    for language in LANGUAGES:
        assert set(WORDS[language]) == set(CAUGHT[language]) == kinds, language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_catch(language: str) -> None:
    for kind, sentences in CAUGHT[language].items():
        for sentence in sentences:
            assert named(kind, language, sentence), (kind, sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_let_honest_words_pass(language: str) -> None:
    for kind in WORDS[language]:
        for sentence in HONEST[language]:
            assert not named(kind, language, sentence), (kind, named(kind, language, sentence))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_honest_course_passes(language: str) -> None:
    """The first course names one word of the lists: French, as what an interpreter speaks."""
    (only,) = suspects(shipped("mandela-rules"), language)
    assert str(only).startswith(f"{language}/MR-2.2.md: country: ")


# ---- A careless sentence anywhere is found ---------------------------------------------------


def planted(course: Course, language: str, sentence: str) -> Course:
    """Return the course with a sentence more at the end of its first lesson."""
    document = course.documents[language]["MR-1.1"]
    *others, last = document.blocks
    last = replace(last, raw=f"{last.raw}\n{sentence}\n")
    lesson = {"MR-1.1": replace(document, blocks=(*others, last))}
    return replace(
        course, documents={**course.documents, language: {**course.documents[language], **lesson}}
    )


def answered(course: Course, language: str, words: str, *, right: bool) -> Course:
    """Return the course with other words for each choice of a question that is right, or not."""
    code = next(c for c, each in course.items["en"].items() if each.kind == "single")
    truth = {each.letter: each.right for each in course.items["en"][code].choices}
    item = course.items[language][code]
    choices = tuple(
        replace(each, text=words) if truth[each.letter] is right else each for each in item.choices
    )
    changed = {**course.items[language], code: replace(item, choices=choices)}
    return replace(course, items={**course.items, language: changed})


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_planted_in_a_lesson_are_found(language: str) -> None:
    sentences = " ".join(CAUGHT[language][kind][0] for kind in NOWHERE)
    changed = planted(shipped("mandela-rules"), language, sentences)
    places = [str(each) for each in suspects(changed, language)]
    for kind in NOWHERE:
        assert any(each.startswith(f"{language}/MR-1.1.md: {kind}: ") for each in places), kind


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_looks_are_found_in_right_and_in_wrong_answers(language: str, right: bool) -> None:
    course = shipped("mandela-rules")
    changed = answered(course, language, CAUGHT[language]["looks"][0], right=right)
    assert any(each.kind == "looks" for each in suspects(changed, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_is_found_only_where_it_would_be_right(language: str) -> None:
    course = shipped("mandela-rules")
    label = CAUGHT[language]["label"][0]
    for right in (True, False):
        places = suspects(answered(course, language, label, right=right), language)
        assert any(each.kind == "label" for each in places) is right


@pytest.mark.parametrize("language", LANGUAGES)
def test_right_answers_are_read_in_every_language(language: str) -> None:
    course = shipped("mandela-rules")
    assert [code for code, _ in right_answers(course, language)] == [
        code for code, _ in right_answers(course, "en")
    ]
