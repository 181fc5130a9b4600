"""Which column of somebody's list is which field of ours."""

from __future__ import annotations

import pytest

from lms.accounts.importing import aliases, columns
from lms.kernel.names import folded


def fields(header: str, kind: str = "people") -> dict[str, str]:
    names = header.split("|")
    return {field: names[at] for field, at in columns.understood(names, kind).fields.items()}


def left(header: str) -> dict[str, str]:
    names = header.split("|")
    return {names[at]: why for at, why in columns.understood(names, "people").left.items()}


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (
            "Service number|Full name|Facility|Function|Rank|Gender|Language",
            "number name unit function rank sex language",
        ),
        (
            "Matricule|Nom|Prénom|Établissement|Fonction|Grade|Sexe|Langue",
            "number last first unit function rank sex language",
        ),
        (
            "الرقم الوظيفي|الاسم|اللقب|المؤسسة|الوظيفة|الرتبة|الجنس|اللغة",
            "number first last unit function rank sex language",
        ),
        (
            "Табельный номер|ФИО|Учреждение|Должность|Специальное звание|Пол|Язык",
            "number name unit function rank sex language",
        ),
        (
            "Қызметтік нөмірі|Тегі|Аты|Әкесінің аты|Мекеме|Лауазымы|Шені|Жынысы|Тілі",
            "number last first middle unit function rank sex language",
        ),
        ("STAFF_NO|NAME|Name (Latin)", "number name name_latin"),
    ],
)
def test_headers_are_known_in_five_languages_and_any_order(header: str, known: str) -> None:
    names, wanted = header.split("|"), known.split()
    assert fields(header) == dict(zip(wanted, names, strict=True))
    turned = "|".join(reversed(names))
    assert fields(turned) == fields(header)


def test_a_user_upload_of_moodle_is_understood() -> None:
    header = (
        "username|password|firstname|lastname|email|institution|department|lang|idnumber|cohort1|"
        "course1|group1|role1|deleted|oldusername|profile_field_rank"
    )
    assert fields(header) == {
        "number": "idnumber",
        "username": "username",
        "first": "firstname",
        "last": "lastname",
        "unit": "institution",
        "language": "lang",
        "left": "deleted",
        "rank": "profile_field_rank",
    }
    assert left(header) == {
        "password": "secret",
        "email": "contact",
        "cohort1": "elsewhere",
        "course1": "elsewhere",
        "group1": "elsewhere",
        "role1": "secret",
        "department": "unknown",
        "oldusername": "unknown",
    }


def test_a_user_export_of_kolibri_is_understood() -> None:
    header = (
        "UUID|Username (USERNAME)|Password (PASSWORD)|Full name (FULL_NAME)|User type (USER_TYPE)|"
        "Identifier (IDENTIFIER)|Birth year (BIRTH_YEAR)|Gender (GENDER)|Enrolled in (ENROLLED_IN)|"
        "Assigned to (ASSIGNED_TO)"
    )
    assert fields(header) == {
        "number": "Identifier (IDENTIFIER)",
        "username": "Username (USERNAME)",
        "name": "Full name (FULL_NAME)",
        "sex": "Gender (GENDER)",
    }
    assert left(header) == {
        "UUID": "unknown",
        "Password (PASSWORD)": "secret",
        "User type (USER_TYPE)": "secret",
        "Birth year (BIRTH_YEAR)": "birth",
        "Enrolled in (ENROLLED_IN)": "elsewhere",
        "Assigned to (ASSIGNED_TO)": "elsewhere",
    }


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("E-mail", "contact"),
        ("Téléphone portable", "contact"),
        ("Дом. адрес", "contact"),
        ("رقم الهاتف", "contact"),
        ("Date of birth", "birth"),
        ("تاريخ الولادة", "birth"),
        ("Туған күні", "birth"),
        ("Passport no", "national"),
        ("CIN", "national"),
        ("ИИН", "national"),
        ("بطاقة التعريف الوطنية", "national"),
        ("Photo", "picture"),
        ("Фото", "picture"),
        ("Religion", "belief"),
        ("Национальность", "belief"),
        ("الديانة", "belief"),
        ("Blood group", "health"),
        ("Семейное положение", "health"),
        ("Wing", "duty"),
        ("Shift", "duty"),
        ("Оружие", "duty"),
        ("Mot de passe", "secret"),
        ("Роль", "secret"),
        ("profile_field_phone", "contact"),
    ],
)
def test_columns_that_are_never_taken_are_known_with_the_reason(name: str, why: str) -> None:
    assert left(f"number|{name}") == {name: why}
    assert why in columns.NEVER
    assert str(columns.reason(why))


@pytest.mark.parametrize(
    "name", ["Prison", "Personnel en service", "Gendarmerie", "Drawing", "Tribunal", "Village"]
)
def test_a_word_that_only_contains_another_one_is_not_refused(name: str) -> None:
    assert columns.understood([name], "people").left.get(0) in {None, "unknown"}


def test_no_name_of_a_field_is_refused_or_belongs_to_two_fields() -> None:
    for kind, table in (
        ("people", aliases.PEOPLE_COLUMNS),
        ("places", aliases.PLACE_COLUMNS),
    ):
        owner: dict[str, str] = {}
        for field, names in table.items():
            for name in names:
                assert owner.setdefault(folded(name), field) == field, name
                assert columns.understood([name], kind).left == {}, name


def test_a_family_name_alone_is_the_whole_name() -> None:
    assert fields("Matricule|Nom") == {"number": "Matricule", "name": "Nom"}
    assert fields("Matricule|Prénom") == {"number": "Matricule", "name": "Prénom"}


def test_places_are_known_in_five_languages() -> None:
    ours = "code|parent|kind|name_en|name_fr|name_ar|name_ru|name_kk"
    assert fields(ours, "places") == {name: name for name in ours.split("|")}
    assert fields("Code établissement|Direction régionale|Type|Nom", "places") == {
        "code": "Code établissement",
        "parent": "Direction régionale",
        "kind": "Type",
        "name_fr": "Nom",
    }
    assert fields("الرمز|الجهة|الاسم", "places") == {
        "code": "الرمز",
        "parent": "الجهة",
        "name_ar": "الاسم",
    }
    assert fields("Код|Регион|Название на казахском|Название", "places") == {
        "code": "Код",
        "parent": "Регион",
        "name_kk": "Название на казахском",
        "name_ru": "Название",
    }


def test_the_header_is_where_most_names_are_known() -> None:
    rows = [
        ["Ministry of Justice"],
        [],
        ["as of 1 May", "list"],
        ["No", "Full name", "Rank"],
        ["1"],
    ]
    assert columns.header_row(rows, "people") == 3
    assert columns.header_row([["a", "b"], ["c", "d"]], "people") == 0
    assert columns.header_row([], "people") == 0


def test_mail_addresses_are_known_without_a_header() -> None:
    told = columns.looked_into(columns.understood(["", "", ""], "people"), [["1", "a@b.org", "@"]])
    assert told.left == {0: "unknown", 1: "contact", 2: "unknown"}
    named = columns.looked_into(
        columns.understood(["number", "name"], "people"), [["1", "a@b.org"]]
    )
    assert named.fields == {"number": 0}


def test_columns_are_called_as_spreadsheet_programs_call_them() -> None:
    assert [columns.column_name(at) for at in (0, 25, 26, 51, 52, 63)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "BL",
    ]
