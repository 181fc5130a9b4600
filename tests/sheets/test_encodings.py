"""In which encoding a list was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.sheets import encodings

RUSSIAN = "Табельный номер;ФИО;Учреждение\nN-1;Болат Сейтов;УК-161\nN-2;Анна Иванова;УК-162\n"
FRENCH = "Matricule;Nom;Prénom\n1;Bénali;Zoé\n2;FRÉMAUX;Édith\n3;Garçon;Noël\n"
ARABIC = "الرقم;الاسم;السجن\n1;محمد بن صالح;المرناقية\n2;أمينة;برج العامري\n"
# Each letter that Kazakh has beside the Russian ones stands in it, capital or small.
KAZAKH = (
    "Қызметтік нөмір;Аты-жөні;Мекемесі\n1;Әлия Ғабитқызы Өтегенова;Ақмола облысы\n"
    "2;Ұлпан Үмбетова;Шымкент қаласы\n3;Теңіз Һамитұлы;Жаңаөзен\n"
)
MIXED = RUSSIAN * 20 + "N-3;Нұрлан Әбенов;УК-161\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN.upper(), "windows-1251"),
        (FRENCH, "windows-1252"),
        (FRENCH.upper(), "windows-1252"),
        (ARABIC, "windows-1256"),
        (ARABIC + "3;Café Gabès;Sfax\n", "windows-1256"),
        (KAZAKH, "kz-1048"),
        (KAZAKH.upper(), "kz-1048"),
        (MIXED, "kz-1048"),
        (KAZAKH, "ptcp154"),
        (KAZAKH.upper(), "ptcp154"),
        (MIXED, "ptcp154"),
    ],
)
def test_words_tell_in_which_encoding_they_were_written(
    tmp_path: Path, text: str, encoding: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode(encodings.CODECS[encoding]))
    assert encodings.known(file) is None
    assert encodings.guessed(file) == encoding


def test_kazakh_letters_stand_where_the_standards_say() -> None:
    """Vectors: the tables that are registered with IANA for KZ-1048 and PTCP154."""
    letters = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
    by_standard = {
        "kz-1048": "a3 bc aa ba 8d 9d bd be a5 b4 a1 a2 af bf 8e 9e b2 b3",
        "ptcp154": "aa ba 81 83 8d 9d 8c 9c a4 b5 a6 b1 87 89 8e 9e b2 b3",
    }
    for name, signs in by_standard.items():
        assert bytes.fromhex(signs).decode(encodings.CODECS[name]) == letters


def test_a_russian_list_stays_russian_in_the_encoding_that_most_write(tmp_path: Path) -> None:
    """All three read it alike, so that the usual one is named."""
    file = tmp_path / "list.csv"
    file.write_bytes(RUSSIAN.encode("kz1048"))
    assert encodings.guessed(file) == "windows-1251"


@pytest.mark.parametrize(
    ("encoding", "known"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("windows-1256", None)],
)
def test_unicode_leaves_no_doubt(tmp_path: Path, encoding: str, known: str | None) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(ARABIC.encode(encoding))
    assert encodings.known(file) == known


def test_a_letter_that_is_cut_between_two_pieces_is_still_unicode(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(("a" * 65_535 + "ق").encode())
    assert encodings.known(file) == "utf-8"


def test_a_letter_that_is_cut_at_the_end_is_not(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("aق".encode()[:-1])
    assert encodings.known(file) is None
