"""How lists of other services and programs call what we ask for. Data, found by whoever adds to it.

Headers are compared folded: no case, no marks, letters and digits only, so that ``Staff_No`` and
``staff no`` are one. The better names stand first: a list that has several gets the first.
Sources: user uploads of Moodle and Kolibri as their documentation describes them; the rest are the
words of staff lists in our languages.
"""

from __future__ import annotations

from collections.abc import Mapping

PEOPLE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "service number", "service no", "staff number", "staff no", "staff id", "force number",
        "personnel number", "employee number", "employee id", "payroll number", "badge number",
        "numéro de service", "matricule", "n° matricule", "no matricule", "numéro matricule",
        "numéro d’agent", "identifiant unique",
        "табельный номер", "табельный №", "таб. номер", "таб. №", "личный номер",
        "служебный номер", "номер жетона", "жетон",
        "қызметтік нөмір", "қызметтік нөмірі", "табельдік нөмір", "табельдік нөмірі",
        "жеке нөмір", "жеке нөмірі", "жетон нөмірі",
        "الرقم الوظيفي", "رقم الموظف", "المعرف الوحيد", "الرقم المهني", "رقم الخدمة",
        "الرقم الإداري", "الرقم العسكري",
        "idnumber", "identifier", "username", "user name", "identifiant", "numéro", "номер",
        "нөмірі", "нөмір", "الرقم", "المعرف", "number", "no",
    ),
    "name": (
        "full name", "name in full", "complete name", "display name", "name of officer",
        "staff name", "employee name",
        "nom complet", "nom et prénom", "nom et prénoms", "nom prénom", "prénom et nom",
        "nom & prénom",
        "фио", "ф.и.о.", "фамилия имя отчество", "фамилия, имя, отчество", "фамилия и имя",
        "фамилия имя", "полное имя",
        "аты-жөні", "толық аты-жөні", "тегі аты әкесінің аты", "тегі, аты, әкесінің аты",
        "тегі аты", "таә",
        "الاسم الكامل", "الاسم واللقب", "الاسم و اللقب", "اللقب والاسم", "الاسم الثلاثي",
        "الاسم الرباعي", "name", "الاسم",
    ),
    "first": (
        "first name", "firstname", "given name", "given names", "forename", "first names",
        "prénom", "prénoms", "имя", "аты", "есімі", "الاسم الأول", "الاسم الشخصي", "الاسم الصغير",
    ),
    "middle": (
        "middle name", "middlename", "patronymic", "отчество", "әкесінің аты", "اسم الأب",
    ),
    "last": (
        "last name", "lastname", "surname", "family name", "nom de famille", "nom",
        "фамилия", "тегі", "اللقب", "اسم العائلة", "النسب", "الاسم العائلي",
    ),
    "name_latin": (
        "name in latin letters", "name latin", "latin name", "full name latin",
        "name in latin script", "name in english", "english name",
        "nom en lettres latines", "nom en caractères latins", "nom latin",
        "имя латиницей", "фио латиницей", "фио латинскими буквами", "фио лат",
        "имя латинскими буквами",
        "аты-жөні латынша", "латынша аты-жөні", "аты-жөні латын әріптерімен",
        "الاسم بالحروف اللاتينية", "الاسم باللاتينية", "الاسم بالفرنسية", "الاسم بالإنجليزية",
    ),
    "language": (
        "language", "lang", "preferred language", "langue", "язык", "тіл", "тілі", "اللغة", "لغة",
    ),
    "unit": (
        "unit", "unit code", "facility code", "station code", "site code", "institution code",
        "facility", "station", "prison", "site", "place", "place code", "place of work",
        "workplace", "duty station", "establishment", "institution", "department",
        "code unité", "unité", "code établissement", "établissement", "lieu de travail",
        "affectation", "lieu d’affectation", "lieu", "code du site", "établissement pénitentiaire",
        "код учреждения", "учреждение", "место работы", "место службы", "подразделение",
        "код подразделения", "объект", "колония",
        "мекеме коды", "мекеме", "мекемесі", "жұмыс орны", "қызмет орны", "бөлімше",
        "رمز المؤسسة", "المؤسسة", "الوحدة", "رمز الوحدة", "السجن", "مكان العمل", "مركز العمل",
        "المركز", "مقر العمل", "المؤسسة السجنية",
    ),
    "function": (
        "function", "function code", "job function", "job", "job title", "post", "position", "duty",
        "fonction", "code fonction", "poste", "intitulé du poste", "emploi",
        "функция", "код функции", "должность", "наименование должности",
        "функциясы", "қызметі", "лауазымы", "лауазым", "лауазым атауы",
        "الوظيفة", "المسمى الوظيفي", "الخطة", "الخطة الوظيفية", "رمز الوظيفة", "المهمة",
    ),
    "rank": (
        "rank", "rank group", "grade", "rank code",
        "groupe de grade", "groupe de grades", "catégorie",
        "звание", "группа званий", "специальное звание", "состав",
        "шені", "шен", "атағы", "арнаулы атағы", "шен тобы", "құрам",
        "الرتبة", "صنف الرتبة", "مجموعة الرتبة", "الصنف",
    ),
    "sex": (
        "sex", "gender", "sexe", "genre", "пол", "жынысы", "жыныс", "الجنس", "النوع الاجتماعي",
    ),
    "active": (
        "active", "in service", "actif", "en service", "en activité", "активен", "действующий",
        "служит", "белсенді", "қызметте", "نشط", "مباشر", "في الخدمة",
    ),
    "left": (
        "deleted", "suspended", "left the service", "disabled", "inactive", "dismissed",
        "parti", "a quitté le service", "inactif", "уволен", "выбыл", "заблокирован",
        "жұмыстан шықты", "босатылды", "غادر الخدمة", "متقاعد", "موقوف",
    ),
}  # fmt: skip

PLACE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": (
        "code", "unit code", "place code", "facility code", "station code", "site code", "idnumber",
        "shortname", "code unité", "code établissement", "код", "код учреждения",
        "код подразделения", "коды", "мекеме коды", "الرمز", "رمز", "رمز المؤسسة", "رمز الوحدة",
        "identifier", "id", "number",
    ),
    "parent": (
        "parent", "parent code", "code of parent", "below", "above", "belongs to", "region code",
        "region", "code parent", "rattachement", "unité de rattachement", "code région", "région",
        "direction régionale", "родитель", "код родителя", "вышестоящее", "код вышестоящего",
        "код региона", "регион", "жоғары тұрған", "жоғары тұрған мекеме", "өңір коды", "өңір",
        "аймақ", "الأصل", "رمز الأصل", "تابع إلى", "رمز الجهة", "الجهة", "الإقليم",
    ),
    "kind": (
        "kind", "type", "level", "kind of place", "genre", "type d’unité", "niveau", "nature",
        "вид", "тип", "уровень", "түрі", "деңгейі", "النوع", "الصنف", "المستوى",
    ),
    "name_en": (
        "name en", "name (en)", "name english", "english name", "name in english", "nom anglais",
        "название на английском", "ағылшынша атауы", "الاسم بالإنجليزية", "name", "full name",
        "place name", "facility name", "station name",
    ),
    "name_fr": (
        "name fr", "name (fr)", "name french", "french name", "nom fr", "nom français",
        "nom en français", "название на французском", "французша атауы", "الاسم بالفرنسية", "nom",
        "dénomination", "libellé", "intitulé",
    ),
    "name_ar": (
        "name ar", "name (ar)", "name arabic", "arabic name", "nom arabe", "nom en arabe",
        "название на арабском", "арабша атауы", "الاسم بالعربية", "الاسم العربي", "الاسم",
        "التسمية", "اسم المؤسسة",
    ),
    "name_ru": (
        "name ru", "name (ru)", "name russian", "russian name", "nom russe",
        "название на русском", "наименование на русском", "орысша атауы", "الاسم بالروسية",
        "название", "наименование", "полное наименование",
    ),
    "name_kk": (
        "name kk", "name (kk)", "name kazakh", "kazakh name", "nom kazakh",
        "название на казахском", "наименование на казахском", "қазақша атауы", "الاسم بالكازاخية",
        "атауы", "толық атауы",
    ),
}  # fmt: skip

# What no list may bring, by the reason. A header that contains one of these words is refused, so
# they are long enough not to stand in another word by chance; short ones must be the whole header.
REFUSED_PARTS: Mapping[str, tuple[str, ...]] = {
    "contact": (
        "e-mail", "email", "courriel", "messagerie", "эл. почта", "электронная почта",
        "электрондық пошта", "البريد الإلكتروني", "phone", "mobile", "téléphone", "portable",
        "whatsapp", "telegram", "skype", "телефон", "моб. номер", "الهاتف", "الجوال",
        "المحمول", "address", "adresse", "domicile", "home town", "residence", "résidence",
        "адрес", "место жительства", "мекенжай", "тұрғылықты", "العنوان", "محل السكن", "الإقامة",
        "emergency contact", "next of kin",
    ),
    "birth": (
        "birth", "naissance", "рожден", "туған", "الولادة", "الميلاد", "возраст",
    ),
    "national": (
        "national id", "national number", "identity card", "id card", "passport", "passeport",
        "carte d’identité", "carte nationale", "паспорт", "удостоверение личности",
        "жеке куәлік", "төлқұжат", "بطاقة التعريف", "البطاقة الوطنية", "الهوية الوطنية",
        "الرقم الوطني", "جواز السفر", "social security", "sécurité sociale", "снилс",
        "tax number", "bank account", "iban", "salary", "salaire", "зарплат", "жалақы", "الراتب",
    ),
    "picture": (
        "photo", "picture", "portrait", "image", "фото", "сурет", "صورة", "الصورة", "fingerprint",
        "empreinte", "отпечат", "بصمة", "biometri", "biométri",
    ),
    "belief": (
        "religio", "religion", "confession", "вероисповедан", "религи",
        "الديانة", "ethnic", "ethnie", "национальност", "этнич", "ұлты", "القومية", "العرق",
        "القبيلة", "political", "politique",
    ),
    "health": (
        "health", "santé", "здоров", "денсаулық", "الصحة", "الصحية", "blood", "groupe sanguin",
        "группа крови", "فصيلة الدم", "disabilit", "handicap", "инвалид", "мүгедек", "الإعاقة",
        "disease", "maladie", "diagnos", "marital", "situation familiale", "état civil", "spouse",
        "conjoint", "enfants", "children", "семейн", "супруг", "отбасы", "жұбайы",
        "الحالة العائلية", "الحالة المدنية", "الزوج", "الأبناء",
    ),
    "duty": (
        "cell block", "quartier de détention", "shift", "roster", "équipe de garde",
        "смена", "дежурств", "кезекші", "ауысым", "الوردية", "المناوبة", "weapon", "firearm",
        "оружи", "қару", "السلاح", "prisoner", "détenu", "осужденн", "заключенн",
        "сотталған", "السجين", "النزيل",
    ),
}  # fmt: skip
REFUSED_WHOLE: Mapping[str, tuple[str, ...]] = {
    "contact": ("mail", "tel", "tél", "тел", "почта", "пошта", "cell", "gsm", "city", "ville",
                "город", "қала"),
    "birth": ("dob", "age", "âge", "né le", "née le", "né(e) le", "д.р.", "жасы", "السن", "العمر"),
    "national": ("cin", "nid", "nin", "nni", "ssn", "иин", "жсн", "inn", "инн", "cnss"),
    "picture": ("фотография",),
    "belief": ("faith", "tribe", "tribu", "клан", "дін", "діні", "الدين", "المذهب"),
    "duty": ("wing", "block", "bloc", "arme", "armes", "gps"),
}  # fmt: skip

# Known, and not taken from a list, by the reason.
IGNORED: Mapping[str, tuple[str, ...]] = {
    "secret": (
        "password", "passwd", "pass", "mot de passe", "пароль", "құпиясөз", "құпия сөз",
        "كلمة السر", "كلمة المرور", "role", "roles", "user type", "rôle", "роль", "рөлі", "الدور",
        "sysrole", "auth", "permissions", "admin", "administrator",
    ),
    "elsewhere": (
        "course", "group", "cohort", "enrolled in", "assigned to", "enrol until", "enroltimestart",
        "enrolperiod", "enrolstatus", "type", "cours", "groupe", "курс", "группа", "курсы", "тобы",
        "الدورة", "المجموعة", "groups", "courses", "classes",
    ),
}  # fmt: skip

LANGUAGE_WORDS: Mapping[str, tuple[str, ...]] = {
    "en": ("en", "eng", "english", "anglais", "английский", "ағылшын", "ағылшынша", "الإنجليزية"),
    "fr": ("fr", "fra", "fre", "french", "français", "французский", "француз", "французша",
           "الفرنسية"),
    "ar": ("ar", "ara", "arabic", "arabe", "арабский", "араб", "арабша", "العربية"),
    "ru": ("ru", "rus", "russian", "russe", "русский", "орыс", "орысша", "الروسية"),
    "kk": ("kk", "kaz", "kz", "kazakh", "kazakhe", "казахский", "қазақ", "қазақша", "الكازاخية"),
}  # fmt: skip

# Besides the words that our own pages show in each language.
SEX_WORDS: Mapping[str, tuple[str, ...]] = {
    "f": ("f", "female", "woman", "femme", "féminin", "ж", "жен", "женский", "женщина", "ә", "әйел",
          "أنثى", "امرأة", "انثى", "أ"),
    "m": ("m", "male", "man", "homme", "masculin", "h", "м", "муж", "мужской", "мужчина", "е", "ер",
          "еркек", "ذكر", "رجل", "ذ"),
}  # fmt: skip
# What says in a list that somebody gave no answer.
UNSAID = ("not specified", "defer", "non précisé", "не указан", "көрсетілмеген", "غير محدد", "n/a")

YES = ("1", "yes", "y", "true", "x", "oui", "o", "vrai", "да", "д", "истина", "иә", "ия", "шын",
       "نعم", "صحيح")  # fmt: skip
NO = ("0", "no", "n", "false", "non", "faux", "нет", "н", "ложь", "жоқ", "жалған", "لا", "خطأ")

KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "country": ("country", "national", "headquarters", "pays", "страна", "ел", "البلد", "الوطن"),
    "region": ("region", "area", "province", "district", "région", "direction régionale",
               "gouvernorat", "регион", "область", "департамент", "өңір", "облыс", "аймақ",
               "جهة", "الجهة", "إقليم", "ولاية"),
    "facility": ("facility", "station", "prison", "site", "institution", "establishment",
                 "établissement", "centre", "учреждение", "колония", "тюрьма", "сизо", "мекеме",
                 "колониясы", "түрме", "مؤسسة", "المؤسسة", "سجن", "السجن", "مركز"),
    "section": ("section", "department", "service", "отделение", "отдел", "бөлім", "бөлімше",
                "قسم", "القسم", "مصلحة"),
}  # fmt: skip
