"""How question sheets call their columns and types, in our languages. Data, for whoever adds to it.

Compared without case and marks, letters and digits only. Columns with a number (``option3``) are
known by the word before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lms.authoring.questions.understood import (
    DESCRIPTION,
    ESSAY,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    SHORT,
    SINGLE,
    TRUEFALSE,
)

MOST_OPTIONS = 10

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "type": (
        "type", "question type", "qtype", "kind", "type de question", "тип", "тип вопроса", "вид",
        "түрі", "сұрақ түрі", "النوع", "نوع السؤال", "نوع",
    ),
    "question": (
        "question", "question text", "text", "stem", "énoncé", "texte", "texte de la question",
        "intitulé", "вопрос", "текст вопроса", "сұрақ", "сұрақ мәтіні", "السؤال", "نص السؤال",
        "سؤال",
    ),
    "correct": (
        "correct", "correct answer", "correct answers", "right answer", "answer key", "key",
        "answer", "right", "solution", "bonne réponse", "bonnes réponses", "réponse correcte",
        "réponse", "corrigé", "clé", "правильный ответ", "правильные ответы", "верный ответ",
        "ответ", "ключ", "дұрыс жауап", "дұрыс жауаптар", "жауап", "кілт", "الإجابة الصحيحة",
        "الإجابات الصحيحة", "الجواب الصحيح", "الجواب", "الإجابة", "المفتاح",
    ),
    "points": (
        "points", "point", "mark", "marks", "score", "note", "barème", "баллы", "балл", "очки",
        "ұпай", "балдар", "النقاط", "نقاط", "الدرجة", "العلامة",
    ),
    "feedback": (
        "feedback", "general feedback", "explanation", "rationale", "why", "commentaire",
        "rétroaction", "feedback général", "explication", "комментарий", "пояснение", "объяснение",
        "отзыв", "түсініктеме", "түсіндірме", "пікір", "التغذية الراجعة", "الملاحظات", "الشرح",
        "التعليل", "التعليق",
    ),
    "category": (
        "category", "topic", "catégorie", "thème", "категория", "тема", "санат", "тақырып",
        "الفئة", "التصنيف", "الموضوع",
    ),
    "language": (
        "language", "lang", "langue", "язык", "тіл", "тілі", "اللغة", "لغة",
    ),
    "id": (
        "id", "idnumber", "id number", "identifier", "code", "question id", "identifiant",
        "numéro", "номер", "код", "идентификатор", "нөмір", "нөмірі", "المعرف", "الرقم", "الرمز",
    ),
    "name": (
        "name", "question name", "title", "nom", "titre", "название", "атауы", "الاسم", "العنوان",
    ),
}  # fmt: skip
NUMBERED: Mapping[str, tuple[str, ...]] = {
    "option": (
        "option", "choice", "answer", "alternative", "choix", "réponse", "proposition", "вариант",
        "вариант ответа", "ответ", "нұсқа", "жауап нұсқасы", "жауап", "خيار", "الخيار", "اختيار",
        "الاختيار", "الإجابة", "الجواب",
    ),
    "weight": (
        "weight", "grade", "fraction", "percent", "poids", "pondération", "вес", "процент",
        "салмақ", "пайыз", "الوزن", "النسبة",
    ),
    "feedback": (
        "feedback", "commentaire", "rétroaction", "комментарий", "пояснение", "түсініктеме",
        "түсіндірме", "التغذية الراجعة", "الملاحظات",
    ),
}  # fmt: skip

TYPES: Mapping[str, tuple[str, ...]] = {
    SINGLE: (
        "single", "single choice", "multichoice", "multiple choice", "mcq", "mc", "choice",
        "choix unique", "qcu", "один ответ", "один вариант", "одиночный выбор", "бір жауап",
        "бір таңдау", "اختيار واحد", "إجابة واحدة", "اختيار من متعدد",
    ),
    MULTIPLE: (
        "multiple", "multiple answers", "multiple response", "multi", "checkbox", "choix multiple",
        "choix multiples", "qcm", "несколько ответов", "множественный выбор", "бірнеше жауап",
        "көп таңдау", "اختيار متعدد", "إجابات متعددة", "متعدد",
    ),
    TRUEFALSE: (
        "truefalse", "true false", "true or false", "tf", "vrai faux", "vrai ou faux",
        "верно неверно", "да нет", "дұрыс бұрыс", "صح خطأ", "صواب خطأ", "صح أو خطأ",
    ),
    SHORT: (
        "short", "short answer", "shortanswer", "text answer", "réponse courte", "court",
        "короткий ответ", "қысқа жауап", "إجابة قصيرة",
    ),
    NUMERIC: (
        "numeric", "numerical", "number", "numérique", "nombre", "числовой", "число", "сандық",
        "сан", "رقمي", "عدد",
    ),
    MATCHING: (
        "match", "matching", "appariement", "association", "соответствие", "сәйкестендіру",
        "مطابقة", "توصيل", "المزاوجة",
    ),
    ESSAY: (
        "essay", "open", "free text", "composition", "rédaction", "question ouverte", "эссе",
        "открытый вопрос", "эссе жазу", "مقال", "مقالي", "سؤال مفتوح",
    ),
    DESCRIPTION: (
        "description", "описание", "сипаттама", "وصف",
    ),
}  # fmt: skip

TRUE = ("true", "t", "yes", "1", "vrai", "v", "oui", "верно", "да", "истина", "дұрыс", "иә", "صح",
        "صحيح", "صواب", "نعم")  # fmt: skip
FALSE = ("false", "f", "no", "0", "faux", "non", "неверно", "нет", "ложь", "бұрыс", "қате", "жоқ",
         "خطأ", "خاطئ", "لا")  # fmt: skip

_SEPARATE = re.compile(r"[\W_]+")
_ENDS_WITH_NUMBER = re.compile(r"(.*?[^\W\d_])[\W_]*([0-9]{1,2})")


def folded(word: str) -> str:
    """Return a word as it is compared: no case, letters and digits only."""
    return _SEPARATE.sub("", word[:100].casefold())


def _by_word(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {folded(word): name for name, words in table.items() for word in reversed(words)}


_COLUMN, _NUMBERED, _TYPE = _by_word(COLUMNS), _by_word(NUMBERED), _by_word(TYPES)
_TRUE, _FALSE = frozenset(map(folded, TRUE)), frozenset(map(folded, FALSE))


def field_of(header: str) -> str:
    """Return which field a header names: ``question``, ``option3``; empty for none of ours."""
    found = _ENDS_WITH_NUMBER.fullmatch(header.strip()[:100])
    if found and folded(found[1]) in _NUMBERED and 1 <= int(found[2]) <= MOST_OPTIONS:
        return f"{_NUMBERED[folded(found[1])]}{int(found[2])}"
    lettered = re.fullmatch(
        r"(?:option|choice|choix|вариант|нұсқа)?[\s_]*([a-jA-J])", header.strip()
    )
    if lettered:
        return f"option{ord(lettered[1].upper()) - 64}"
    return _COLUMN.get(folded(header), "")


def type_of(word: str) -> str:
    """Return which type a word names; empty for none."""
    return _TYPE.get(folded(word), "")


def truth_of(word: str) -> bool | None:
    """Return what a word says of a statement; None for any other word."""
    plain = folded(word)
    return True if plain in _TRUE else False if plain in _FALSE else None
