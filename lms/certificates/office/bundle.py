"""Many certificates in one file. Each paper is compared with its certificate before it goes in.

The same functions serve a job of the worker and the command line. No private key is needed: what
is printed was signed when the certificate was issued.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from lms.certificates import pdf
from lms.certificates.labels import in_languages
from lms.certificates.office import queries, register, rules
from lms.certificates.office.binding import Binder
from lms.certificates.snapshot import CertificateSnapshot
from lms.files import FileStore
from lms.kernel.viewer import Viewer
from lms.sheets.writer import Cell, Sheet, csv_lines, write_xlsx
from lms.signing import cose, payload, qr
from lms.tables import AnyRow
from lms.web.language import say

REGISTER_CSV = "register.csv"


class WrongPaperError(RuntimeError):
    """What was signed is not what the certificate says: nothing may be handed out."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is to be put together.

    form      one of ``rules.FORMS``.
    about     label (msgid) -> value, above the register.
    language  of the register.
    """

    form: str
    about: Mapping[str, str]
    language: str


def rows_of(
    session: Session, viewer: Viewer, ids: Sequence[UUID], *, today: date
) -> Iterator[AnyRow]:
    """Yield the certificates in order, few in memory at a time; those out of sight are left out."""
    for start in range(0, len(ids), rules.AT_ONCE):
        yield from queries.some(session, viewer, ids[start : start + rules.AT_ONCE], today=today)


def require_right(row: AnyRow) -> None:
    """Do nothing where signed text, holder and register say the same.

    raises  WrongPaperError otherwise: a paper with another's name is worse than none.
    """
    said = payload.unpack(cose.read(row.payload).payload)
    if (said.serial, said.number, said.code, list(said.names)) != (
        row.id,
        row.number,
        row.code,
        list(row.names),
    ):
        raise WrongPaperError(f"certificate {row.id}: signed text and register differ")


def paper_of(row: AnyRow, store: FileStore) -> str:
    """Return the digest of a certificate's PDF, made anew from its frozen fields where it is gone.

    raises  WrongPaperError as ``require_right``.
    """
    require_right(row)
    if row.pdf and store.path(row.pdf).is_file():
        return str(row.pdf)
    snapshot = replace(
        CertificateSnapshot.from_facts(row.snapshot), qr_text=qr.text_of(row.payload)
    )
    logos = [store.get(digest) for digest in snapshot.logos]
    return store.put(pdf.render(snapshot, row.names, in_languages(say, snapshot.languages), logos))


def write(
    session: Session,
    viewer: Viewer,
    ids: Sequence[UUID],
    bundle: Bundle,
    store: FileStore,
    target: Path,
    *,
    today: date,
) -> int:
    """Write the zip ``target`` with the register and, in the order of ``ids``, the papers.

    returns  how many papers are in it: withdrawn and replaced ones are in the register alone, and
             those whose holder's name is no longer kept.
    raises   WrongPaperError as ``require_right``.
    """
    lines: list[list[Cell]] = []

    def papers() -> Iterator[tuple[str, bytes]]:
        for row in rows_of(session, viewer, ids, today=today):
            lines.append(register.line(row, bundle.language, today=today))
            if row.printable and bundle.form != rules.REGISTER:
                yield f"{row.number}.pdf", store.get(paper_of(row, store))

    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        if bundle.form == rules.PRINT:
            count = _bind(archive, papers(), target.parent)
        else:
            count = 0
            for name, paper in papers():
                _put(archive, name, paper, today)
                count += 1
        _add_register(
            archive, lines, bundle, rules.series(queries.numbers(session, viewer)), target.parent
        )
    return count


def _bind(archive: zipfile.ZipFile, papers: Iterable[tuple[str, bytes]], folder: Path) -> int:
    """Put one PDF of all papers into the archive; return how many they are."""
    count = 0
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".pdf") as bound:
        binder = Binder(bound)
        for _, paper in papers:
            binder.add(paper)
            count += 1
        binder.finish()
        bound.flush()
        if count:
            archive.write(bound.name, "print.pdf")
    return count


def _put(archive: zipfile.ZipFile, name: str, data: bytes, day: date) -> None:
    """Add a file, dated by a day: the same papers of the same day give the same bytes."""
    archive.writestr(zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0)), data)


def _add_register(
    archive: zipfile.ZipFile,
    lines: Sequence[Sequence[Cell]],
    bundle: Bundle,
    numbers: Sequence[rules.Series],
    folder: Path,
) -> None:
    made = register.sheet(lines, bundle.about, numbers, bundle.language)
    with tempfile.TemporaryDirectory(dir=folder) as beside:
        for name, write_to in ((REGISTER_CSV, write_csv), ("register.xlsx", write_xlsx)):
            path = Path(beside) / name
            write_to(path, made)
            archive.write(path, name, compress_type=zipfile.ZIP_DEFLATED)


def write_csv(path: Path, sheet: Sheet) -> None:
    """Write a table as CSV, as ``write_xlsx`` does it for the other form."""
    with path.open("wb") as stream:
        stream.writelines(csv_lines(sheet))


def register_in(path: Path) -> bytes:
    """Return the register as CSV from a file that ``write`` has made."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(REGISTER_CSV)
