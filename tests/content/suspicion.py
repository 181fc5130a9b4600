"""Words that would make somebody a suspect: lists and look-alikes, for each language of a course.

A few names for each kind: enough that a careless sentence is caught, not a list of the world.
Each language has its own list, because words bend differently, and because innocent words look
like guilty ones: French ``ira`` is "will go", Arabic القاعدة is "the Rule", Kazakh тату is
"in peace". ``test_suspicion.py`` shows both sides of every list.

country, faith, group  not outside a country's boxes, in no text of a course
looks                  appearance and devotion: in no question, not even in a wrong answer
label                  never the right answer
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lms.content.model import Course, Question

NOWHERE = ("country", "faith", "group")

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
    joined = JOINED if language == "ar" else ""
    plain = MARKS.sub("", text)
    found = re.search(rf"\b{joined}(?:{WORDS[language][kind]})\b", plain, re.IGNORECASE)
    return plain[max(0, found.start() - 40) : found.end() + 40] if found else ""


def said(question: Question) -> str:
    """Return every word of a question that a person can read or choose."""
    parts = [question.stem, question.why, *question.accepts]
    parts += [words for _, left, right in question.pairs for words in (left, right)]
    choices = [*question.choices, *(each for step in question.steps for each in step.choices)]
    parts += [words for each in choices for words in (each.text, each.why)]
    return "\n".join([*parts, *(step.prompt for step in question.steps)])


def right_answers(course: Course, language: str) -> Iterator[tuple[str, str]]:
    """Yield the question's code and the words of each choice that is right, but no reason.

    A translation does not say what is right: its letters are those of the source.
    """
    for book in (course.items, course.checks):
        for code, source in book[course.facts.source].items():
            shown = book.get(language, {}).get(code)
            if shown is None or source.kind == "truefalse-reason":
                continue
            lists = [(source.choices, shown.choices)]
            lists += [
                (a.choices, b.choices) for a, b in zip(source.steps, shown.steps, strict=True)
            ]
            for asked, read in lists:
                right = {each.letter for each in asked if each.right}
                yield from ((code, each.text) for each in read if each.letter in right)


def suspects(course: Course, language: str) -> list[str]:
    """Return every place where a course makes somebody a suspect in this language."""
    found = [
        f"{document.path}: {kind}: {words}"
        for document in course.documents.get(language, {}).values()
        for kind in NOWHERE
        if (words := named(kind, language, document.text()))
    ]
    found += [
        f"{code}: looks: {words}"
        for book in (course.items, course.checks)
        for code, question in book.get(language, {}).items()
        if (words := named("looks", language, said(question)))
    ]
    found += [
        f"{code}: label: {words}"
        for code, text in right_answers(course, language)
        if (words := named("label", language, text))
    ]
    return found
