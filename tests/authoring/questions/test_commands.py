"""``lms questions read | export``: without a server, without a database, writing nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms.app import cli
from lms.authoring.questions.reading import read

ROOT = Path(__file__).resolve().parents[3]
GIFT = """$CATEGORY: A//B

// [id:7]
::N::[html]What? {=<b>a</b>#yes ~%-50%b ####why}

Bad {=x ~y"""
BRACE = (
    "x.gift:6: error: A brace is missing, or an empty line stands between { and }. "
    "Write a brace that belongs to the text as \\{ or \\}. (Bad)"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.gift"
    path.write_text(GIFT)
    return path


def lms(*words: object) -> Result:
    return CliRunner().invoke(cli, ["questions", *map(str, words)])


def test_read_says_what_it_understands_and_ends_with_1_for_an_error(file: Path) -> None:
    result = lms("read", file)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "x.gift: gift, utf-8. 1 question: 1 single",
        "",
        "    4  single  |  N  |  A//B  |  id 7",
        "       [html] What?",
        "             100 %  <b>a</b>  # yes",
        "             -50 %  b",
        "       #### why",
        "",
        BRACE,
    ]
    assert [path.name for path in file.parent.iterdir()] == ["x.gift"]


def test_read_prints_one_object_for_programs(file: Path) -> None:
    result = lms("read", file, "--json")
    said = json.loads(result.output)
    assert result.exit_code == 1
    assert said == read(GIFT.encode(), "x.gift").to_json()
    assert [(e["code"], e["line"], e["question"]) for e in said["errors"]] == [("brace", 6, "Bad")]
    assert said["questions"][0]["category"] == ["A/B"]


def test_read_takes_a_format_an_encoding_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("да;нет;Вопрос?;A\n".encode("cp1251"))
    result = lms(
        "read",
        path,
        "--format",
        "csv",
        "--encoding",
        "windows-1251",
        "--mapping",
        "question=3",
        "--mapping",
        "option1=1",
        "--mapping",
        "option2=2",
        "--mapping",
        "correct=4",
        "--mapping",
        "header-row=0",
        "--json",
    )
    said = json.loads(result.output)
    assert (result.exit_code, said["questions"][0]["stem"]) == (0, "Вопрос?")
    assert lms("read", path, "--mapping", "riddle=1").exit_code == 1
    assert lms("read", path, "--format", "word").exit_code == 2


def test_export_writes_a_file_in_another_format(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    result = lms("export", file, "--to", "csv", "--separator", "semicolon", "--output", target)
    assert result.exit_code == 1  # of what was read, one question is wrong
    assert "x.gift:6: error: A brace" in result.output
    assert target.read_bytes().startswith(b"\xef\xbb\xbfid;type;")


def test_export_writes_the_bank_of_a_course(tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    folder = ROOT / "courses" / "mandela-rules"
    result = lms("export", folder, "--to", "xlsx", "--output", target)
    assert result.exit_code == 0
    assert "An ordering has no form in this format. (MR-1-006)" in result.output
    assert len(read(target.read_bytes(), "out.xlsx").questions) == 58
    arabic = lms("export", folder, "--to", "gift", "--language", "ar")
    assert arabic.exit_code == 0
    assert "::MR-1-001 " in arabic.output
    assert lms("export", folder, "--to", "gift", "--language", "de").exit_code == 1
    assert lms("export", ROOT / "docs", "--to", "gift").exit_code == 1
