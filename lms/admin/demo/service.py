"""The invented service itself: its name, its places, who holds which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Names = Mapping[str, str]

SEED = 20_261_124
STAFF = 200
COURSE = "mandela-rules"
FIRST_LESSON = "MR-1.1"
# The decision of an installation that names the doors of the tour: what opens -> person id.
# A data folder without it is no demonstration: nobody can enter there without a password.
DOORS = "demo_doors"

NAMES: Names = {
    "en": "Service of Corrections of Belmare",
    "fr": "Service correctionnel de Belmare",
    "ar": "مصلحة الإصلاح والسجون في بلمار",
    "ru": "Служба исправительных учреждений Бельмаре",
    "kk": "Бельмаре түзеу мекемелері қызметі",
}
SIGNATORIES = (
    {
        "name": "Selma Orlan",
        "title": "Director of Training",
        "title:fr": "Directrice de la formation",
        "title:ar": "مديرة التكوين",
        "title:ru": "Директор по обучению",
        "title:kk": "Оқыту жөніндегі директор",
    },
)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit to add; ``letters`` begin the service numbers of who joined there."""

    kind: str
    code: str
    letters: str
    names: Names
    below: str


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme of the service: it runs between so many days before today, None: until further.

    printed  whether certificates name it; one that would tell whom the staff look after is not.
    """

    code: str
    titles: Names
    partners: Names
    funders: Names
    begins: int
    ends: int | None
    printed: bool


# One after the other, so that whoever begins the course learns for the one that runs.
PROGRAMMES = (
    Programme(
        "tawassol",
        {
            "en": "Tawassol: talking and listening in daily prison work",
            "fr": "Tawassol\u00a0: parler et écouter au quotidien en prison",
            "ar": "تواصل: الحوار والإصغاء في العمل اليومي بالسجون",
            "ru": "Тавассоль: диалог в ежедневной работе тюрьмы",
            "kk": "Тауассол: түрмедегі күнделікті жұмыстағы диалог",
        },
        {
            "en": "Coast Institute for Public Service", "fr": "Institut côtier du service public",
            "ar": "معهد الساحل للخدمة العامة", "ru": "Прибрежный институт государственной службы",
            "kk": "Жағалау мемлекеттік қызмет институты",
        },
        {
            "en": "Training Fund of Belmare", "fr": "Fonds de formation de Belmare",
            "ar": "صندوق التكوين في بلمار", "ru": "Учебный фонд Бельмаре",
            "kk": "Бельмаре оқу қоры",
        },
        begins=785, ends=366, printed=True,
    ),
    Programme(
        "vep",
        {
            "en": "VEP: fair treatment and safety in special units",
            "fr": "VEP\u00a0: traitement équitable et sécurité dans les unités spéciales",
            "ar": "VEP: المعاملة العادلة والسلامة في الوحدات الخاصة",
            "ru": "VEP: справедливое обращение и безопасность в особых отделениях",
            "kk": "VEP: арнайы бөлімшелердегі әділ қарым-қатынас және қауіпсіздік",
        },
        {
            "en": "Highlands Law School", "fr": "École de droit des Hautes Terres",
            "ar": "مدرسة المرتفعات للقانون", "ru": "Школа права Нагорья",
            "kk": "Таулы өңір құқық мектебі",
        },
        {
            "en": "Training Fund of Belmare", "fr": "Fonds de formation de Belmare",
            "ar": "صندوق التكوين في بلمار", "ru": "Учебный фонд Бельмаре",
            "kk": "Бельмаре оқу қоры",
        },
        begins=365, ends=None, printed=False,
    ),
)  # fmt: skip


COUNTRY = "XX"
COUNTRY_LETTERS = "HQ"
REGIONS = (
    Place("region", "XX-C", "C", {
        "en": "Coast", "fr": "Côte", "ar": "الساحل", "ru": "Побережье", "kk": "Жағалау",
    }, COUNTRY),
    Place("region", "XX-H", "H", {
        "en": "Highlands", "fr": "Hautes Terres", "ar": "المرتفعات", "ru": "Нагорье",
        "kk": "Таулы өңір",
    }, COUNTRY),
)  # fmt: skip
FACILITIES = (
    Place("facility", "XX-C1", "PS", {
        "en": "Port Selva Prison", "fr": "Prison de Port-Selva", "ar": "سجن بورت سلفا",
        "ru": "Тюрьма Порт-Сельва", "kk": "Порт-Сельва түрмесі",
    }, "XX-C"),
    Place("facility", "XX-C2", "SM", {
        "en": "Saltmere Women's Prison", "fr": "Prison pour femmes de Saltmere",
        "ar": "سجن النساء بسالتمير", "ru": "Женская тюрьма Солтмир",
        "kk": "Солтмир әйелдер түрмесі",
    }, "XX-C"),
    Place("facility", "XX-H1", "KR", {
        "en": "Karst Ridge Prison", "fr": "Prison de Karst", "ar": "سجن كارست",
        "ru": "Тюрьма Карст", "kk": "Карст түрмесі",
    }, "XX-H"),
    Place("facility", "XX-H2", "TV", {
        "en": "Tarn Valley Remand Centre", "fr": "Maison d'arrêt de la vallée de Tarn",
        "ar": "مركز الإيقاف بوادي تارن", "ru": "Следственный изолятор Тарнской долины",
        "kk": "Тарн алқабының тергеу изоляторы",
    }, "XX-H"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """A role to give: as accounts.csv names it, the grant behind it, where the holder works.

    role  at a place; None for who holds roles at courses alone (AT_COURSES).
    days  after which the grant ends, counted from today; None for good.
    """

    title: str
    role: str | None
    function: str
    days: int | None = None


LEARNER = "learner"
COUNTRY_ADMINISTRATOR = Office("country administrator", "administrator", "P6")
# What there is one of in the country, in each region, and in each facility (trainers: two).
AT_COUNTRY = (
    Office("observer", "observer", "P6"),
    Office("inspector", "inspector", "P6", days=90),
)
AT_REGION = (Office("region administrator", "administrator", "P6"),)
AT_FACILITY = (
    Office("facility administrator", "administrator", "P6"),
    Office("trainer", "trainer", "P7"),
    Office("trainer", "trainer", "P7"),
)
# Named last, so that everybody before keeps their number.
PUBLISHER = Office("publisher", None, "P6")
# What the first holder of an office holds at courses: roles, and the ids of the courses.
AT_COURSES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "trainer": (("author", "translator"), ("C01", "C04")),
    "publisher": (("reviewer", "publisher", "national-editor"), ("C01", "C02", "C04", "C05")),
}
DRAFT_OF = "C04"
# In that draft: the file, a sentence, what it becomes, and what the author says of the change.
CHANGE = (
    "en/IW-1.1.md",
    "A favour for a favour is corruption too, without a coin.",
    "A favour for a favour is corruption too, even when no money changes hands.",
    "Two colleagues did not understand “without a coin”.",
)
