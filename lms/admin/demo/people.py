"""The people of the invented service: names in two scripts, ranks, functions. Nobody is real.

The same seed gives the same people, so that a description of the demonstration stays true.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lms.accounts.rules import FUNCTIONS

# (in its own script, in Latin letters)
Word = tuple[str, str]

ARABIC_MEN: tuple[Word, ...] = (
    ("أنيس", "Anis"), ("بشير", "Bechir"), ("حاتم", "Hatem"), ("خليل", "Khalil"),
    ("رياض", "Riadh"), ("زياد", "Ziad"), ("سامي", "Sami"), ("شكري", "Chokri"),
    ("صابر", "Saber"), ("طارق", "Tarek"), ("عادل", "Adel"), ("فريد", "Farid"),
    ("كريم", "Karim"), ("لطفي", "Lotfi"), ("منير", "Mounir"), ("نبيل", "Nabil"),
    ("هشام", "Hichem"), ("وليد", "Walid"), ("ياسين", "Yassine"), ("مراد", "Mourad"),
)  # fmt: skip
ARABIC_WOMEN: tuple[Word, ...] = (
    ("آمنة", "Emna"), ("بسمة", "Basma"), ("حنان", "Hanen"), ("درة", "Dorra"),
    ("رانية", "Rania"), ("سلمى", "Salma"), ("شيماء", "Chaima"), ("عفاف", "Afef"),
    ("فاتن", "Faten"), ("ليلى", "Leila"), ("مريم", "Mariem"), ("نادية", "Nadia"),
    ("هاجر", "Hajer"), ("وفاء", "Wafa"), ("إيناس", "Ines"), ("زينب", "Zeineb"),
)  # fmt: skip
ARABIC_FAMILIES: tuple[Word, ...] = (
    ("البحري", "Bahri"), ("التليلي", "Tlili"), ("الجلاصي", "Jlassi"), ("الحداد", "Haddad"),
    ("الخياري", "Khiari"), ("الدريدي", "Dridi"), ("الرزقي", "Rezgui"), ("الزواري", "Zouari"),
    ("السعيدي", "Saidi"), ("الشابي", "Chebbi"), ("الصالحي", "Salhi"), ("العياري", "Ayari"),
    ("الغربي", "Gharbi"), ("الفرجاني", "Ferjani"), ("القاسمي", "Gasmi"), ("الكافي", "Kefi"),
    ("المرزوقي", "Marzouki"), ("النفزي", "Nefzi"), ("الهمامي", "Hammami"), ("الورتاني", "Ouertani"),
    ("بن عمار", "Ben Ammar"), ("بن يوسف", "Ben Youssef"), ("بوزيد", "Bouzid"), ("قدور", "Kaddour"),
)  # fmt: skip
CYRILLIC_MEN: tuple[Word, ...] = (
    ("Айдос", "Aidos"), ("Бауыржан", "Bauyrzhan"), ("Виктор", "Viktor"), ("Геннадий", "Gennadi"),
    ("Дәурен", "Dauren"), ("Ерлан", "Yerlan"), ("Жасұлан", "Zhasulan"), ("Илья", "Ilya"),
    ("Қанат", "Qanat"), ("Леонид", "Leonid"), ("Мұрат", "Murat"), ("Нұрлан", "Nurlan"),
    ("Олег", "Oleg"), ("Павел", "Pavel"), ("Руслан", "Ruslan"), ("Серік", "Serik"),
    ("Тимур", "Timur"), ("Фёдор", "Fyodor"), ("Шыңғыс", "Shyngys"), ("Юрий", "Yuri"),
)  # fmt: skip
CYRILLIC_WOMEN: tuple[Word, ...] = (
    ("Айгүл", "Aigul"), ("Ботагөз", "Botagoz"), ("Вера", "Vera"), ("Гүлнар", "Gulnar"),
    ("Дана", "Dana"), ("Елена", "Yelena"), ("Жанар", "Zhanar"), ("Зарина", "Zarina"),
    ("Ирина", "Irina"), ("Қарлығаш", "Qarlygash"), ("Лариса", "Larisa"), ("Мадина", "Madina"),
    ("Назгүл", "Nazgul"), ("Ольга", "Olga"), ("Сәуле", "Saule"), ("Татьяна", "Tatyana"),
)  # fmt: skip
# Families whose name a woman changes: -ов becomes -ова in both scripts.
CYRILLIC_FAMILIES: tuple[Word, ...] = (
    ("Әбенов", "Abenov"), ("Белов", "Belov"), ("Волков", "Volkov"), ("Ғалымов", "Galymov"),
    ("Досанов", "Dosanov"), ("Есенов", "Yesenov"), ("Жақыпов", "Zhaqypov"), ("Зимин", "Zimin"),
    ("Ибраев", "Ibrayev"), ("Қасенов", "Qasenov"), ("Лунин", "Lunin"), ("Маратов", "Maratov"),
    ("Нүсіпов", "Nusipov"), ("Оразов", "Orazov"), ("Петров", "Petrov"), ("Рахимов", "Rakhimov"),
    ("Сомов", "Somov"), ("Тілеуов", "Tileuov"), ("Уткин", "Utkin"), ("Фролов", "Frolov"),
    ("Хасенов", "Khasenov"), ("Чернов", "Chernov"), ("Шәріпов", "Sharipov"), ("Юдин", "Yudin"),
)  # fmt: skip

# Of a hundred staff, so many work in each function; most stand on the wing.
SHARES: Mapping[str, int] = dict(zip(FUNCTIONS, (58, 8, 9, 9, 6, 6, 4), strict=True))
# Specialists and health staff are civilians; managers are of senior rank.
RANKS: Mapping[str, tuple[str, ...]] = {
    "P1": ("G1", "G1", "G1", "G2"),
    "P2": ("G1", "G2"),
    "P3": ("G2", "G2", "G3"),
    "P4": ("G4",),
    "P5": ("G4",),
    "P6": ("G3",),
    "P7": ("G2", "G3"),
}
WOMEN_IN_A_HUNDRED = 28


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person: the name in its own script and in Latin letters, and what they are.

    language  of their pages; test_language one in which the tests of a course are complete.
    """

    name: str
    name_latin: str
    sex: str
    language: str
    test_language: str
    function: str
    rank_group: str


def invented(seed: int) -> Iterator[Invented]:
    """Yield people without end; half write Arabic, half Cyrillic.

    Nobody has the same name as one of the 1,000 before them.
    """
    dice = random.Random(seed)  # noqa: S311 -- repeatable on purpose, nothing secret
    recent: dict[str, None] = {}
    while True:
        person = _one(dice)
        if person.name in recent:
            continue
        recent[person.name] = None
        if len(recent) > 1000:
            del recent[next(iter(recent))]
        yield person


def _one(dice: random.Random) -> Invented:
    sex = "f" if dice.randrange(100) < WOMEN_IN_A_HUNDRED else "m"
    function = dice.choices(list(SHARES), list(SHARES.values()))[0]
    rank = dice.choice(RANKS[function])
    if dice.randrange(2):
        given = dice.choice(ARABIC_WOMEN if sex == "f" else ARABIC_MEN)
        family = dice.choice(ARABIC_FAMILIES)
        language, tests = dice.choice((("ar", "ar"), ("ar", "ar"), ("fr", "ar"), ("en", "en")))
    else:
        given = dice.choice(CYRILLIC_WOMEN if sex == "f" else CYRILLIC_MEN)
        family = dice.choice(CYRILLIC_FAMILIES)
        if sex == "f":
            family = (family[0] + "а", family[1] + "a")
        language, tests = dice.choice((("kk", "en"), ("ru", "en"), ("en", "en")))
    return Invented(
        f"{given[0]} {family[0]}", f"{given[1]} {family[1]}", sex, language, tests, function, rank
    )
