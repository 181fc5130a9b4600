"""``lms check-file FILE``: whether the signed file of an evidence paper is unchanged."""

from __future__ import annotations

from typing import BinaryIO

import click
from flask.cli import with_appcontext

from lms import installation
from lms.certificates.actions import RING
from lms.db import reading
from lms.reports.evidence.document import KIND
from lms.signing import keys, signed_json
from lms.signing.refusals import Unreadable


@click.command("check-file")
@click.argument("file", type=click.File("rb"))
@with_appcontext
def check_file(file: BinaryIO) -> None:
    """Say whether the evidence FILE is unchanged and signed by this service.

    Exit status 1 where it is not.
    """
    text = file.read(signed_json.LONGEST + 1).decode("utf-8", "replace")
    ring = installation.setting(reading(), RING)
    if ring is None:
        raise click.ClickException("This server knows no signing key yet.")
    try:
        found = signed_json.parse(text, KIND)
    except Unreadable as error:
        raise click.ClickException("This is no signed file of evidence.") from error
    known = {key.kid: key.public for key in keys.parse_ring(ring).keys if key.withdrawn is None}
    if not signed_json.is_sealed(found, known, keys.is_signed_by):
        raise click.ClickException(
            "The file was changed after it was signed, or somebody else has signed it."
        )
    click.echo(f"{KIND}: unchanged, signed by a key of this service.")
