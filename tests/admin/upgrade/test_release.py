"""The file of a version: whatever is not exactly what was signed is refused."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms import settings as settings_of
from lms.admin.upgrade import release, trust, version
from lms.admin.upgrade.release_cli import release as command
from lms.admin.upgrade.version import UpgradeError
from lms.kernel import clock
from lms.signing import keys, signed_json
from lms.signing.keys import Signer
from tests.admin.upgrade.fake import World


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "lms").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nversion = "2.0.0"\n')
    (folder / "Makefile").write_text("all:\n")
    (folder / "lms" / "app.py").write_text("print('hello')\n" * 200)
    (folder / "run").write_text("#!/bin/sh\n")
    (folder / "run").chmod(0o755)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "no").write_text("stays here")
    return folder


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return keys.create_private_key(tmp_path / "release.key")


@pytest.fixture
def file(tree: Path, tmp_path: Path, signer: Signer) -> Path:
    path = tmp_path / "lms-2.0.0.release"
    release.sign(tree, "2.0.0", path, signer, now=clock.now())
    return path


def known(signer: Signer) -> dict[bytes, bytes]:
    return {signer.kid: signer.public}


def test_it_carries_the_tree_byte_for_byte(
    file: Path, signer: Signer, tree: Path, tmp_path: Path
) -> None:
    target = tmp_path / "there"
    target.mkdir()
    found = release.read(file, known(signer), target)
    assert (found.version, found.python) == ("2.0.0", version.this_python())
    assert (target / "lms/app.py").read_bytes() == (tree / "lms/app.py").read_bytes()
    assert (target / "run").stat().st_mode & 0o777 == 0o755
    assert not (target / ".venv").exists()


def test_one_byte_that_is_another_anywhere_is_noticed(file: Path, signer: Signer) -> None:
    whole = file.read_bytes()
    refused = 0
    for place in range(0, len(whole), 97):
        changed = bytearray(whole)
        changed[place] ^= 1
        file.write_bytes(changed)
        try:
            release.read(file, known(signer))
        except UpgradeError:
            refused += 1
        else:
            # What a tar fills up with belongs to no file; and what it says beside (rights, owner,
            # moment) is never used.
            assert _same_files(whole, bytes(changed))
    assert refused > 50


def _same_files(one: bytes, other: bytes) -> bool:
    def files(data: bytes) -> dict[str, bytes]:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            return {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]

    return files(one) == files(other)


def test_every_cut_is_noticed(file: Path, signer: Signer) -> None:
    whole = file.read_bytes()
    with tarfile.open(file) as tar:
        last = max(each.offset_data + each.size for each in tar)
    for end in range(0, last, 211):
        file.write_bytes(whole[:end])
        with pytest.raises(UpgradeError):
            release.read(file, known(signer))


def test_another_signer_counts_for_nothing(file: Path, tmp_path: Path) -> None:
    other = keys.create_private_key(tmp_path / "other.key")
    with pytest.raises(UpgradeError, match="not signed by a release key"):
        release.read(file, known(other))


def rewritten(file: Path, signer: Signer, change: Callable[[dict[str, object]], None]) -> None:
    """Sign the head anew with something changed, as a careless or bad signer would."""
    with tarfile.open(file) as tar:
        parts = [(each, tar.extractfile(each).read()) for each in tar]  # type: ignore[union-attr]
    document = signed_json.parse(parts[0][1].decode(), release.KIND)
    del document["signatures"]
    change(document)
    head = signed_json.seal(document, {signer.kid: signer.sign}).encode()
    with tarfile.open(file, "w") as tar:
        parts[0][0].size = len(head)
        tar.addfile(parts[0][0], io.BytesIO(head))
        for entry, data in parts[1:]:
            tar.addfile(entry, io.BytesIO(data))


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a/../x", "a//x", ".", "lms/\n", ".venv/x", "a/.git/hooks", "é"]
)
def test_a_name_that_leads_elsewhere_is_refused_though_it_is_signed(
    file: Path, signer: Signer, name: str
) -> None:
    def change(document: dict[str, object]) -> None:
        members = document["members"]
        assert isinstance(members, dict)
        members[name] = {"size": 0, "sha256": "0" * 64, "runs": 0}

    rewritten(file, signer, change)
    with pytest.raises(UpgradeError, match="may not hold"):
        release.read(file, known(signer))


def test_a_link_in_the_place_of_a_file_is_refused(file: Path, signer: Signer) -> None:
    with tarfile.open(file) as tar:
        parts = [(each, tar.extractfile(each).read()) for each in tar]  # type: ignore[union-attr]
    with tarfile.open(file, "w") as tar:
        for entry, data in parts:
            if entry.name == "run":
                entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(entry, io.BytesIO(data))
    with pytest.raises(UpgradeError):
        release.read(file, known(signer))


@pytest.mark.parametrize("wrong", ["2.0", "v2.0.0", "2.0.0/..", ""])
def test_a_version_is_three_numbers(file: Path, signer: Signer, wrong: str) -> None:
    rewritten(file, signer, lambda document: document.update(version=wrong))
    with pytest.raises(UpgradeError):
        release.read(file, known(signer))


def test_a_backup_and_a_text_are_no_versions(tmp_path: Path, signer: Signer) -> None:
    for number, content in enumerate((b"", b"hello", b"\0" * 20_000)):
        path = tmp_path / str(number)
        path.write_bytes(content)
        with pytest.raises(UpgradeError, match="not a version"):
            release.read(path, known(signer))


def test_versions_are_compared_as_numbers() -> None:
    assert version.is_newer("1.10.0", "1.9.9")
    assert not version.is_newer("1.9.9", "1.10.0")
    assert not version.is_newer("1.0.0", "1.0.0")


# ---- The keys ----------------------------------------------------------------------------------


def test_a_ministrys_own_key_counts_beside_those_that_ship(
    tmp_path: Path, signer: Signer, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust, "program_folder", lambda: tmp_path)
    own = tmp_path / "own"
    ours = settings_of.read({"LMS_DATA": str(tmp_path), "RELEASE_KEYS": str(own)})
    with pytest.raises(UpgradeError, match="No release key is trusted"):
        trust.known_keys(ours)
    own.write_text(f"# ours\n\n{signer.public.hex()}  the ministry\n")
    assert release.read(file, trust.known_keys(ours)).version == "2.0.0"
    own.write_text("abc  nobody\n")
    with pytest.raises(UpgradeError, match="line 1"):
        trust.known_keys(ours)


def test_the_list_of_keys_that_ships_can_be_read() -> None:
    path = version.program_folder() / trust.SHIPPED
    assert path.exists()
    assert all(len(key.public) == 32 for key in trust.keys_in(path))


def test_it_is_made_and_checked_by_commands(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = CliRunner()
    key = tmp_path / "own.key"
    made = run.invoke(command, ["new-key", str(key), "--name", "Ministry"])
    assert made.exit_code == 0, made.output
    assert run.invoke(command, ["new-key", str(key), "--name", "Ministry"]).exit_code == 1, (
        "never written over"
    )
    (tmp_path / "own.pub").rename(tmp_path / "keys")
    monkeypatch.setenv("RELEASE_KEYS", str(tmp_path / "keys"))
    signed = run.invoke(command, ["sign", str(tree), "--key", str(key)])
    assert signed.exit_code == 0, signed.output
    checked = run.invoke(command, ["check", str(tmp_path / "lms-2.0.0.release")])
    assert checked.exit_code == 0, checked.output
    assert "Version 2.0.0" in checked.output
    wrong = run.invoke(command, ["check", str(key)])
    assert wrong.exit_code == 1
    assert "not a version" in wrong.output


def test_signing_what_is_no_version_says_so(tmp_path: Path, world: World) -> None:
    key = world.folder / "release.key"
    (tmp_path / "nothing").mkdir()
    done = CliRunner().invoke(command, ["sign", str(tmp_path / "nothing"), "--key", str(key)])
    assert done.exit_code == 1
    assert "no version" in done.output
