"""``lms certificate export``: certificates of a place as one file, with their register."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.accounts.rules import SERVER, folded_service_number
from lms.catalogue.programmes import queries as programmes
from lms.certificates.office import actions, bundle, queries, register, rules
from lms.certificates.office.bundle import Bundle
from lms.certificates.office.queries import Wanted
from lms.db import reading, transaction
from lms.kernel import clock
from lms.kernel.errors import NotFound
from lms.web.files import file_store

DAY = click.DateTime(["%Y-%m-%d"])
OUT = click.Path(dir_okay=False, writable=True, path_type=Path)
LIST = click.Path(exists=True, dir_okay=False, path_type=Path)
LARGEST_LIST = 1_000_000  # bytes


@click.command("export")
@click.option("--unit", default="", help="code of a place: people who work there or below today")
@click.option("--course", default="", help="id of a course, such as C01")
@click.option("--programme", default="", help="code of a programme for which the holders learned")
@click.option("--from", "since", type=DAY, help="first day of completion")
@click.option("--until", type=DAY, help="last day of completion")
@click.option("--state", default="", type=click.Choice(["", *rules.STATES]))
@click.option("--numbers", type=LIST, help="a file with service numbers, one a line")
@click.option("--print", "bound", is_flag=True, help="one PDF in the order of --numbers")
@click.option("--out", required=True, type=OUT, help="the zip to write")
@click.option("--register", "register_file", type=OUT, help="write the register as CSV here too")
@click.option("--language", type=click.Choice(installation.LANGUAGES), default="en")
@with_appcontext
def export(
    unit: str,
    course: str,
    programme: str,
    since: datetime | None,
    until: datetime | None,
    state: str,
    numbers: Path | None,
    out: Path,
    register_file: Path | None,
    language: str,
    *,
    bound: bool,
) -> None:
    """Write the PDFs of certificates and their register to a zip, as the office's pages do.

    Restricted courses are left out: a confidential reader exports them in the browser. What is
    written is logged; the files hold names and can be read by this account alone.
    """
    session, now = reading(), clock.now()
    today = now.astimezone(ZoneInfo(installation.read(session).time_zone)).date()
    _require_known(session, unit, programme)
    wanted = Wanted(
        unit=unit,
        course=course,
        programme=programme,
        state=state,
        numbers=_numbers(numbers),
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    ids = queries.ids(session, SERVER, wanted, today=today)
    if not ids:
        raise click.ClickException("There is no such certificate.")
    if len(ids) == rules.MOST:
        raise click.ClickException(
            f"These are more than {rules.MOST} certificates. Choose a place or a period."
        )
    store = file_store()
    form = rules.PRINT if bound else rules.ZIP
    about = {
        register.BY: "lms certificate export",
        register.AT: today.isoformat(),
        register.PLACES: unit or "*",
        register.COUNT: str(len(ids)),
    }
    with tempfile.TemporaryDirectory(dir=out.absolute().parent) as beside:
        made = Path(beside) / "made.zip"
        papers = bundle.write(
            session, SERVER, ids, Bundle(form, about, language), store, made, today=today
        )
        made.chmod(0o600)
        with transaction() as writing:
            actions.note_export(
                writing,
                {"asked_by": None, "wanted": wanted.to_facts(), "form": form},
                {"file": out.name, "certificates": len(ids), "papers": papers, "list": None},
                now=now,
            )
        made.replace(out)
    if register_file:
        register_file.touch(mode=0o600)
        register_file.write_bytes(bundle.register_in(out))
    click.echo(f"{papers} papers and {len(ids)} lines of the register are in {out}.")


def _require_known(session: Session, unit: str, programme: str) -> None:
    """Refuse a place or a programme that is not there: a typing error is no empty list."""
    if unit:
        try:
            accounts.unit_by_code(session, SERVER, unit)
        except NotFound:
            raise click.ClickException(f"There is no open place with the code {unit!r}.") from None
    if programme:
        try:
            programmes.programme(session, SERVER, programme)
        except NotFound:
            raise click.ClickException(f"There is no programme {programme!r}.") from None


def _numbers(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    if path.stat().st_size > LARGEST_LIST:
        raise click.ClickException(f"{path.name} is too large to be a list of numbers.")
    typed = (folded_service_number(line) for line in path.read_text("utf-8-sig").splitlines())
    return tuple(dict.fromkeys(number for number in typed if number))
