"""Words that would make somebody a suspect: lists and look-alikes, for each language of a course.

A few names for each kind: enough that a careless sentence is caught, not a list of the world.
Each language has its own list, because words bend differently, and because innocent words look
like guilty ones: French ``ira`` is "will go", Arabic القاعدة is "the Rule", Kazakh тату is
"in peace". ``test_suspicion.py`` shows both sides of every list.

country, faith, group  looked for in every text of a course but the boxes of a country
looks                  appearance and devotion: in questions, where not even a wrong answer has them
label                  in right answers

``lms content check`` lists each place for a person to read; courses that promise more, such as the
one on violent extremism, have a test that none is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from lms.content.model import Course, Question
from lms.content.nation_bank import own_documents
from lms.content.quality.findings import Finding, finding
from lms.kernel.messages import Message, msg

NOWHERE = ("country", "faith", "group")  # not even in a lesson
# How a finding calls what it names.
KINDS = {
    "country": Message(msg("country or people")),
    "faith": Message(msg("faith")),
    "group": Message(msg("group")),
    "looks": Message(msg("look or devotion")),
}
AROUND = 40

WORDS = {
    "en": {
        "country": r"tunisia\w*|kazakh\w*|uganda\w*|syria\w*|iraq\w*|afghan\w*|turk(ey|ish)"
        r"|russia\w*|french|france|german\w*|americ\w*|somali\w*|nigeria\w*|israel\w*"
        r"|palestin\w*|arab\w*|kurd\w*",
        "faith": r"islam\w*|muslim\w*|christian\w*|jew(s|ish)?|hindu\w*|buddh\w*|sikh\w*|salaf\w*"
        r"|jihad\w*|mosques?|church(es)?|imams?|priests?|rabbis?|koran|qur.?an|bible",
        "group": r"isil|isis|daesh|al.?qaida|boko haram|eta|ira|pkk|farc",
        "looks": r"beards?|veils?|head ?scar(f|ves)|turbans?|tattoos?|skin|hair|accents?|robes?"
        r"|fast(s|ing)|halal|kosher|amulets?|rosar(y|ies)",
        "label": r"extremists?|terrorists?|radicals?|fanatics?",
    },
    "fr": {
        "country": r"tunisi\w*|kazakh\w*|ougand\w*|syri(e|en)\w*|ira[kq]\w*|afghan\w*|turcs?"
        r"|turques?|turquie|russ(e|es|ie)|français\w*|france|allemande?s?|allemagne|améri[cq]\w*"
        r"|somali\w*|nig[eé]ri\w*|isra[eéë]l\w*|palestin\w*|arab(e|es|ie)|kurdes?",
        "faith": r"islam\w*|musulman\w*|chrétien\w*|christian\w*|jui(f|fs|ve|ves)|hindou\w*"
        r"|bouddh\w*|sikhs?|salaf\w*|d?jihad\w*|mosquées?|églises?|imams?|prêtres?|rabbins?"
        r"|coran\w*|bibles?",
        # In capitals only: "ira" is "will go".
        "group": r"EIIL|da[eï][sc]?h|al.qaïda|boko haram|(?-i:ETA|IRA|PKK|FARC)",
        # "Mettre l'accent sur" is to stress, jeune is young, and cacher is also "to hide".
        "looks": r"barbes?|barbue?s?|voiles?|voilée?s?|foulards?|turbans?|tatou\w*|peau|cheveux"
        r"|accents?(?! sur)|robes?|djellabas?|jeûn\w+|halal|casher|kasc?her|cachères?"
        r"|amulettes?|chapelets?",
        "label": r"extrémistes?|terroristes?|radica(l|ux|le|les)|radicalisée?s?|fanatiques?",
    },
    # "و", "ال" and the like stand before the word without a space: see ``named``.
    "ar": {
        # No endings left open: عربة is a cart, عراقيل are obstacles, and نقابة below is a union.
        "country": r"تونس\w*|كازاخ\w*|قازاق\w*|أوغند\w*|سوري(ا|ة|ون|ين)?|عراق|عراقي(ة|ون|ين)?"
        r"|أفغان\w*|تركي(ا|ة)?|أتراك|روسي(ا|ة|ون|ين)?|فرنس\w*|ألماني(ا|ة|ون|ين)?|أمريك\w*|أميرك\w*"
        r"|صومال\w*|نيجيري\w*|إسرائيل\w*|فلسطين\w*|عرب|عربي(ا|ة|ون|ين)?|كردي(ة)?|أكراد|كردستان\w*",
        # أمام (before) is not إمام, سلفا (in advance) is not سلفي, مسلم به is "granted".
        "faith": r"إسلام\w*|مسلم(ة|ون|ين|ات)?(?! به)|مسيحي\w*|نصارى|نصراني\w*|يهود\w*|هندوس\w*"
        r"|بوذي\w*|سيخ|سلفي(ة|ون|ين)?|جهاد(ي\w*)?|مجاهد\w*|مسجد|مساجد|كنيسة|كنائس|إمام|أئمة"
        r"|قسيس|قساوسة|كاهن|كهنة|حاخام\w*|قرآن\w*|إنجيل\w*|توراة",
        # القاعدة alone is "the Rule", and طالبان is "two students".
        "group": r"داعش\w*|تنظيم (القاعدة|الدولة)|بوكو حرام|إيتا|فارك|حزب العمال الكردستاني",
        # شعر alone is also "felt".
        "looks": r"لحية|لحيته|لحى|ملتح(ي|ين|ون)?|حجاب\w*|محجب\w*|نقاب|منقبة|منقبات|خمار|جلباب\w*"
        r"|عمامة|عمائم|عمامته|وشم|وشوم|وشما|بشرة|بشرته|بشرتها|شعر(ه|ها|هم)|تسريحة|لكنة|لكنته"
        r"|عباءة|صوم|صيام\w*|صائم\w*|يصوم\w*|حلال|كوشر|تميمة|تمائم|سبحة|مسبحة|مسبحته",
        "label": r"متطرف\w*|إرهابي\w*|متشدد\w*|متعصب\w*",
    },
    "ru": {
        "country": r"тунис\w*|казах\w*|уганд\w*|сири[яюией]|сирий\w*|ирак\w*|афган\w*|турци\w*"
        r"|турецк\w*|тур(ок|ка|ки|ков|ку|кам|ками|ках)|росси\w*|русск\w*|франц\w*|герман\w*|нем(ец|ц\w+)|америк\w*"
        r"|сомали\w*|нигери\w*|израил\w*|палестин\w*|араб\w*|курд\w*",
        # библиотека is a library, индустрия an industry, священнослужитель stands for every faith.
        "faith": r"ислам\w*|мусульман\w*|христиан\w*|правосла\w*|католи\w*|евре\w+|иуде\w*|индуи\w*"
        r"|индус(ы|а|у|ом|ов|ам|ами)?|будди\w*|сикх\w*|салафи\w*|джихад\w*|мечет[ьияею]\w*"
        r"|церк\w*|имам\w*|священник\w*|раввин\w*|коран\w*|библи[яюией]|библейск\w*",
        # In capitals only: "эта" is "this".
        "group": r"игил|даиш|аль.каид\w*|боко харам|(?-i:ЭТА|ИРА|РПК|ФАРК)",
        # пост is mostly a post, акцент на an emphasis, обереги a charm but оберегать to guard.
        "looks": r"бород(а|ы|е|у|ой|ами)?|бородат\w*|платок|платк\w*|хиджаб\w*|никаб\w*|парандж\w*"
        r"|вуал\w*|чалм\w*|тюрбан\w*|татуиров\w*|наколк\w*|кож(а|и|у|е|ей)|волос(ы|а|ам|ами|ах)?"
        r"|акцент(ом|а|у|ы)?(?! на)|рясы?|балахон\w*|пост(ит|ят|иться|ится|ятся|ился)|халял\w*"
        r"|кошер\w*|амулет\w*|оберег(и|ов|ом|ами)?|ч[её]тк(ами|ах)|ч[её]ток",
        "label": r"экстремист\w*|террорист(ы|а|у|ом|ов|ам|ами|ка|кой|ку)?"
        r"|радикал(ы|а|у|ом|ов|ам|ами)?|фанатик\w*",
    },
    "kk": {
        # ауған alone is also "has moved".
        "country": r"тунис\w*|қазақ\w*|уганда\w*|сирия\w*|ирак\w*|ауған(стан\w*|дық\w*|дар\w*)"
        r"|түрік\w*|түркия\w*|ресей\w*|орыс\w*|франц\w*|герман\w*|неміс\w*|америка\w*|сомали\w*"
        r"|нигерия\w*|израиль\w*|палестин\w*|араб(тар\w*|ша|ия\w*)?|күрд\w*",
        "faith": r"ислам\w*|мұсылман\w*|христиан\w*|еврей\w*|яһуди\w*|иудей\w*|индуи\w*|будди\w*"
        r"|сикх\w*|с[аә]л[аә]фи\w*|жи[һх]ад\w*|мешіт\w*|шіркеу\w*|имам\w*|молда(лар\w*|ның|ға)?"
        r"|раввин\w*|құран\w*|інжіл\w*|библия\w*",
        "group": r"дәіш|даиш|игил|[әа]ль?.[қк]аида\w*|боко харам|(?-i:ЭТА|ИРА|РПК|ФАРК)",
        # тату is "in peace", жаулық "enmity", теріс "wrong", шаш "scatter".
        "looks": r"сақал\w*|хиджаб\w*|никаб\w*|бас орамал\w*|орамал тағ\w*|кимешек\w*|сәлделі"
        r"|татуировка\w*|тері түсі\w*|терісінің түсі\w*|шашы(н|ның)?|акцент(пен|і|іне|інен)"
        r"|шапан\w*|ораза\w*|халал\w*|кошер\w*|тұмар\w*|тәспі\w*",
        "label": r"экстремист\w*|террорист(і|ің|т?ер\w*|тің|ке|ті)?|радикал(дар\w*|ды|ға)?"
        r"|фанат(ик)?\w*",
    },
}

# What may stand before an Arabic word without a space: and, so; in, like, for; the.
JOINED = r"[وف]?(?:ال|بال|كال|لل|[بكل])?"
# Arabic vowels and the stretching line, which may stand anywhere inside a word.
MARKS = re.compile("[\u064b-\u0652\u0640]")


def named(kind: str, language: str, text: str) -> str:
    """Return the first word of a kind in ``text``, with what stands around it; empty for none."""
    return next((words for _, words in all_named(kind, language, text)), "")


def all_named(kind: str, language: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield every word of a kind in ``text`` as its line, from 0, and what stands around it."""
    plain = MARKS.sub("", text)
    for found in _pattern(kind, language).finditer(plain):
        around = plain[max(0, found.start() - AROUND) : found.end() + AROUND]
        yield plain.count("\n", 0, found.start()), around


@cache
def _pattern(kind: str, language: str) -> re.Pattern[str]:
    joined = JOINED if language == "ar" else ""
    return re.compile(rf"\b{joined}(?:{WORDS[language][kind]})\b", re.IGNORECASE)


def said(question: Question) -> str:
    """Return every word of a question that a person can read or choose."""
    parts = [question.stem, question.why, *question.accepts]
    parts += [words for _, left, right in question.pairs for words in (left, right)]
    choices = [*question.choices, *(each for step in question.steps for each in step.choices)]
    parts += [words for each in choices for words in (each.text, each.why)]
    return "\n".join([*parts, *(step.prompt for step in question.steps)])


def _books(course: Course) -> Iterator[Mapping[str, Mapping[str, Question]]]:
    """Yield every set of questions, language -> code -> question, those of countries included."""
    yield course.items
    yield course.checks
    for nation in course.nations.values():
        yield nation.items


def right_answers(course: Course, language: str) -> Iterator[tuple[str, str]]:
    """Yield the question's code and the words of each choice that is right, but no reason."""
    for book in _books(course):
        for code, question in book.get(language, {}).items():
            if question.kind == "truefalse-reason":
                continue
            for choices in (question.choices, *(step.choices for step in question.steps)):
                yield from ((code, each.text) for each in choices if each.right)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A place that names what could make somebody a suspect.

    file, line  where; of a question, where it begins.
    question    its code, for looks and labels; empty for a text.
    words       the word with what stands around it.
    """

    file: str
    line: int
    question: str
    kind: str
    words: str

    def __str__(self) -> str:
        """Return the file or the question, the kind and the words."""
        return f"{self.question or self.file}: {self.kind}: {self.words}"


def suspects(course: Course, language: str) -> Iterator[Suspect]:
    """Yield every place where a course names a person's origin, faith or looks in this language.

    Yields nothing for a language without a list.
    """
    if language not in WORDS:
        return
    own = [document for spoken, document in own_documents(course) if spoken == language]
    for document in (*course.documents.get(language, {}).values(), *own):
        for kind in NOWHERE:
            for line, words in all_named(kind, language, document.text()):
                yield Suspect(document.path, line + 1, "", kind, words)
    questions = {
        code: question
        for book in _books(course)
        for code, question in book.get(language, {}).items()
    }
    for code, question in questions.items():
        for _, words in all_named("looks", language, said(question)):
            yield Suspect(question.file, question.line, code, "looks", words)
    for code, text in right_answers(course, language):
        for _, words in all_named("label", language, text):
            yield Suspect(questions[code].file, questions[code].line, code, "label", words)


def people_findings(course: Course) -> Iterator[Finding]:
    """Yield every such place as a note: a person reads it, and it may well be right as it is."""
    own = {language for language, _ in own_documents(course)} - set(course.languages)
    for language in (*course.languages, *sorted(own)):
        for each in suspects(course, language):
            words = " ".join(each.words.split())
            if each.kind == "label":
                yield finding("people.label", each.file, each.line, words=words)
            else:
                kind = KINDS[each.kind]
                yield finding("people.named", each.file, each.line, kind=kind, words=words)
