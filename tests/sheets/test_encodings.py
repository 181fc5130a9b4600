"""In which encoding a list was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.sheets import encodings

RUSSIAN = "Табельный номер;ФИО;Учреждение\nN-1;Болат Сейтов;УК-161\nN-2;Анна Иванова;УК-162\n"
FRENCH = "Matricule;Nom;Prénom\n1;Bénali;Zoé\n2;FRÉMAUX;Édith\n3;Garçon;Noël\n"
ARABIC = "الرقم;الاسم;السجن\n1;محمد بن صالح;المرناقية\n2;أمينة;برج العامري\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "windows-1251"), (RUSSIAN.upper(), "windows-1251"), (FRENCH, "windows-1252"),
        (FRENCH.upper(), "windows-1252"), (ARABIC, "windows-1256"),
        (ARABIC + "3;Café Gabès;Sfax\n", "windows-1256"),
    ],
)  # fmt: skip
def test_words_tell_in_which_of_four_encodings_they_were_written(
    tmp_path: Path, text: str, encoding: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode(encoding))
    assert encodings.known(file) is None
    assert encodings.guessed(file) == encoding


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
