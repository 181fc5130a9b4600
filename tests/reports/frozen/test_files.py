"""Files of frozen quarters: signed, checked, damaged"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask

from lms import installation
from lms.app import cli
from lms.certificates.actions import RING
from lms.extensions import db
from lms.files import FileStore
from lms.reports.frozen.models import FrozenQuarter
from lms.signing import keys, signed_json
from tests.people import Cast
from tests.reports.conftest import Open
from tests.reports.frozen.freezing import (
    URL,
    stored,
)
from tests.reports.steering.learning import LAST


def test_the_file_is_signed_and_named_by_its_digest(
    app: Flask, browser: Open, dana: Cast, frozen: FrozenQuarter
) -> None:
    reply = browser(dana).get(f"{URL}/{frozen.id}/file")
    assert reply.mimetype == "application/json"
    assert sha256(reply.data).hexdigest() == frozen.file
    with app.app_context():
        ring = keys.parse_ring(installation.setting(db.session(), RING))
    known = {key.kid: key.public for key in ring.keys}
    found = json.loads(reply.data)
    assert signed_json.is_sealed(found, known, keys.is_signed_by)
    assert (found["kind"], found["version"], found["quarter"]) == (
        "lms-frozen-quarter",
        1,
        LAST.code,
    )
    assert frozen.kid == ring.keys[0].kid.hex()
    assert found["figures"]["region"][0]["names"] == {"en": "North"}


def test_the_command_knows_a_genuine_file(
    app: Flask, frozen: FrozenQuarter, tmp_path: Path
) -> None:
    file, ring = tmp_path / "frozen.json", tmp_path / "keys.json"
    file.write_bytes(stored(app, frozen.file))
    with app.app_context():
        ring.write_text(installation.setting(db.session(), RING))
    runner = app.test_cli_runner()
    for arguments in ([str(file)], [str(file), "--keys", str(ring)]):
        good = runner.invoke(cli, ["report", "verify", *arguments])
        assert good.exit_code == 0, good.output
        assert "The file is genuine" in good.output
        assert frozen.file in good.output
        assert "All together,19,10,0,9,9,0,0" in good.output
    other = runner.invoke(cli, ["check-file", str(file)])
    assert "lms-frozen-quarter: unchanged" in other.output


@pytest.mark.parametrize(
    ("old", "new"),
    [('"quarter": "', '"quarter": "1'), ("19", "91"), ('"kid": "', '"kid": "00'), ("{", "")],
)
def test_the_command_knows_a_file_that_was_changed(
    app: Flask, frozen: FrozenQuarter, tmp_path: Path, old: str, new: str
) -> None:
    file = tmp_path / "frozen.json"
    text = stored(app, frozen.file).decode()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    bad = app.test_cli_runner().invoke(cli, ["report", "verify", str(file)])
    assert bad.exit_code == 1
    assert "genuine" not in bad.output


def test_a_file_that_is_damaged_is_not_shown_as_figures(
    app: Flask, browser: Open, dana: Cast, frozen: FrozenQuarter
) -> None:
    path = FileStore(app.config["LMS"].data / "files").path(frozen.file)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"19", b"91", 1))
    reply = browser(dana).get(f"{URL}/{frozen.id}")
    assert reply.status_code == 409
    assert "missing or damaged" in reply.text
