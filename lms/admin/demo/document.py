"""The one document in the library of the demonstration: a sheet in five languages, made here.

Set by the layout of reports, so that it needs no file from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.admin.demo import service
from lms.catalogue.library import actions, rules
from lms.certificates.pdf import typeset
from lms.files import FileStore

CODE, LAYOUT = "handover-sheet", "report.typ"
BRAND, BAND = "#123f4d", "#d9a441"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet in one language; ``rows`` are what is handed over, and what is said of it."""

    title: str
    heading: str
    head: tuple[str, str]
    rows: tuple[tuple[str, str], ...]
    note: str


SHEETS: Mapping[str, Sheet] = {
    "en": Sheet(
        "Handover of a shift, on one page", "Seven things to hand over", ("What", "What is said"),
        (
            ("Count", "How many people there are, where, and who is away with whom."),
            ("Keys and equipment", "What was given out, what came back, what is missing."),
            ("People to look after", "Who is new, ill, grieving or in danger; what was agreed."),
            ("Open requests", "Who waits for which answer, and until when."),
            ("Events", "What happened, who saw it, and who was told."),
            ("Changes", "What is different from yesterday: posts, rooms, visits."),
            ("Signatures", "Both names and the time. Questions are asked now."),
        ),
        "Invented for the demonstration. Each service decides itself what is handed over and where "
        "it is written.",
    ),
    "fr": Sheet(
        "La passation de service sur une page", "Sept choses à transmettre",
        ("Quoi", "Ce que l’on dit"),
        (
            ("Effectif", "Combien de personnes sont là, où, et qui est sorti avec qui."),
            ("Clés et matériel", "Ce qui a été remis, ce qui est revenu, ce qui manque."),
            ("Personnes à suivre", "Qui est nouveau, malade, en deuil, en danger ; l’accord fait."),
            ("Demandes en cours", "Qui attend quelle réponse, et jusqu’à quand."),
            ("Événements", "Ce qui s’est passé, qui l’a vu et qui a été prévenu."),
            ("Changements", "Ce qui diffère d’hier\u00a0: postes, locaux, visites."),
            ("Signatures", "Les deux noms et l’heure. Les questions se posent maintenant."),
        ),
        "Inventé pour la démonstration. Chaque service décide lui-même de ce qui est transmis et "
        "de l’endroit où on l’écrit.",
    ),
    "ar": Sheet(
        "تسليم النوبة في صفحة واحدة", "سبعة أمور تُسلَّم", ("الأمر", "ما يقال عنه"),
        (
            ("التعداد", "عدد الأشخاص، وأماكنهم، ومن خرج ومع من."),
            ("المفاتيح والتجهيزات", "ما سُلّم، وما أُعيد، وما ينقص."),
            ("من يحتاج إلى رعاية", "من هو جديد أو مريض أو في حداد أو في خطر، وما اتُّفق عليه معه."),
            ("الطلبات المفتوحة", "من ينتظر أي جواب، وإلى متى."),
            ("الأحداث", "ما حدث، ومن رآه، ومن أُخبر به."),
            ("التغييرات", "ما اختلف عن الأمس: المواقع والغرف والزيارات."),
            ("التوقيعات", "الاسمان والساعة. والأسئلة تُطرح الآن."),
        ),
        "ورقة مختلقة للعرض التجريبي. وكل مصلحة تقرر بنفسها ما يُسلَّم وأين يُكتب.",
    ),
    "ru": Sheet(
        "Передача смены на одной странице", "Семь вещей для передачи", ("Что", "Что говорят"),
        (
            ("Численность", "Сколько людей, где они, кто выбыл и с кем."),
            ("Ключи и имущество", "Что выдано, что вернулось, чего не хватает."),
            ("Кому нужно внимание", "Кто новый, болен, в горе или в опасности, о чём условились."),
            ("Открытые просьбы", "Кто ждёт какого ответа и до какого срока."),
            ("События", "Что произошло, кто это видел и кому сообщили."),
            ("Изменения", "Что не так, как вчера: посты, помещения, свидания."),
            ("Подписи", "Оба имени и время. Вопросы задают сейчас."),
        ),
        "Вымышлено для демонстрации. Каждая служба сама решает, что передают и где это записывают.",
    ),
    "kk": Sheet(
        "Ауысым тапсыру бір бетте", "Тапсырылатын жеті нәрсе", ("Не", "Не айтылады"),
        (
            ("Сан", "Қанша адам бар, қайда, кім кіммен шығып кетті."),
            ("Кілттер мен жабдық", "Не берілді, не қайтты, не жетіспейді."),
            ("Назар керек адамдар", "Кім жаңа, ауру, қаралы не қауіпте, не келісілді."),
            ("Ашық өтініштер", "Кім қандай жауап күтеді және қашанға дейін."),
            ("Оқиғалар", "Не болды, кім көрді және кімге айтылды."),
            ("Өзгерістер", "Кешегіден не өзгерді: бекеттер, бөлмелер, кездесулер."),
            ("Қолдар", "Екі адамның есімі және уақыт. Сұрақ қазір қойылады."),
        ),
        "Таныстыру нұсқасы үшін ойдан шығарылған. Не тапсырылатынын және қайда жазылатынын әр "
        "қызмет өзі шешеді.",
    ),
}  # fmt: skip


def put_document(session: Session, data: Path, *, now: datetime) -> None:
    """Put the sheet into the library of the demonstration, as its office does."""
    titles = {language: sheet.title for language, sheet in SHEETS.items()}
    actions.add(session, SERVER, CODE, titles, now=now)
    store = FileStore(data / "files")
    for language, sheet in SHEETS.items():
        made = typeset(page_data(sheet, language, now.date()), now.date(), LAYOUT)
        digest = store.put(made)
        actions.put_file(
            session, SERVER, CODE, language, digest, len(made), rules.pages_of(made), now=now
        )


def page_data(sheet: Sheet, language: str, day: date) -> str:
    """Return what the layout places, as JSON."""

    def said(text: str) -> list[dict[str, str]]:
        return [{"language": language, "text": text}]

    table = {
        "title": said(sheet.heading),
        "widths": [3, 7],
        "numeric": [False, False],
        "head": [said(each) for each in sheet.head],
        "rows": [{"total": False, "cells": [said(each) for each in row]} for row in sheet.rows],
        "notes": [said(sheet.note)],
    }
    issuer = service.NAMES[language]
    return json.dumps(
        {
            "brand": BRAND,
            "band": BAND,
            "languages": [language],
            "wide": False,
            "document": {
                "title": sheet.title,
                "author": issuer,
                "day": [day.year, day.month, day.day],
            },
            "issuer": said(issuer),
            "title": said(sheet.title),
            "about": [],
            "tables": [table],
            "proof": None,
            "attachment": None,
            "foot": CODE,
        },
        ensure_ascii=False,
    )
