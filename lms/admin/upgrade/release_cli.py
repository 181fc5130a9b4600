"""``lms release``: how a version is signed, and whose versions this server takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import ScriptInfo
from sqlalchemy.orm import Session

from lms import settings as settings_of
from lms.admin.begun import require_begun
from lms.admin.upgrade import release as releases
from lms.admin.upgrade import remembered, settle, trust
from lms.admin.upgrade.remembered import Remembered
from lms.admin.upgrade.trust import OWN, ReleaseKey
from lms.admin.upgrade.version import UpgradeError, version_in
from lms.audit import actions as audit
from lms.db import transaction
from lms.kernel import clock
from lms.settings import Settings
from lms.signing import keys
from lms.signing.refusals import Unreadable

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("release")
def release() -> None:
    """Sign versions of the program, and say whose versions this server takes."""


@release.command("new-key")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", prompt="Whose key is it", help='e.g. "Ministry of Justice, IT"')
def new_key(path: Path, name: str) -> None:
    """Make a release key in the new file PATH, and beside it the file for the servers (.pub)."""
    beside = path.with_suffix(".pub")
    if beside.exists():
        raise click.ClickException(f"{beside} is there already. Choose another name.")
    try:
        made = ReleaseKey(keys.create_private_key(path).public, " ".join(name.split()), beside)
        beside.write_text(f"{trust.line_of(made)}\n", "utf-8")
    except OSError as error:
        raise click.ClickException(f"{error.filename or path}: {error.strerror}.") from error
    click.echo(f"{path}: the secret key. Keep it on a stick in a safe; never on a server.")
    click.echo(f"{beside}: for the servers; it is no secret. On each: lms release trust FILE")
    click.echo("Print the fingerprint and send it on paper, by another way than the file:")
    click.echo(f"  {made.fingerprint}   {made.owner}")


@release.command("sign")
@click.argument("folder", type=FOLDER)
@click.option("--key", required=True, type=FILE, help="the file with the release key")
@click.option("--to", "target", type=FOLDER, help="folder for the file; else beside FOLDER")
def sign(folder: Path, key: Path, target: Path | None) -> None:
    """Write the version in FOLDER (made by make bundle) as one signed file.

    The version brings the public key with it: servers that run it take the next one as well.
    """
    try:
        version = version_in(folder)
        signer = keys.load_private_key(key)
        beside = key.with_suffix(".pub")
        named = trust.keys_in(beside) if beside.exists() else []
        owner = next((each.owner for each in named if each.public == signer.public), "")
        trust.ship(folder, ReleaseKey(signer.public, owner, beside))
        path = (target or folder.resolve().parent) / f"lms-{version}.release"
        releases.sign(folder, version, path, signer, now=clock.now())
    except (UpgradeError, Unreadable) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{path} ({path.stat().st_size // 1_000_000} MB)")


@release.command("check")
@click.argument("file", type=FILE)
@click.option("--by", type=FILE, help="a file release.pub: that key alone may have signed")
def check(file: Path, by: Path | None) -> None:
    """Verify FILE as an upgrade would; changes nothing."""
    try:
        if by is None:
            known = trust.known_keys(settings_of.read())
        else:
            key = trust.key_to_trust(by)
            known = {key.kid: key.public}
        found = releases.read(file, known)
    except UpgradeError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(
        f"Version {found.version} of {found.made_at:%Y-%m-%d} for {found.platform}, Python "
        f"{found.python}: {len(found.members)} files, all as they were signed."
    )


@release.command("keys")
def show_keys() -> None:
    """List the keys whose versions this server takes, with their fingerprints."""
    try:
        found = trust.trusted(settings_of.read())
    except UpgradeError as refused:
        raise click.ClickException(str(refused)) from refused
    for key in found:
        click.echo(f"{key.fingerprint}   {key.owner or 'without a name'}   ({key.file})")
    if not found:
        click.echo(trust.NOBODY)


@release.command("trust")
@click.argument("file", type=FILE, required=False)
@click.option(
    "--again",
    is_flag=True,
    help="the keys that were trusted before a restore: the log knows them, so no file is needed",
)
@click.option("--yes", is_flag=True, help="the fingerprint was compared already; do not ask")
@click.pass_obj
def trust_key(info: ScriptInfo, file: Path | None, again: bool, yes: bool) -> None:
    """Take versions that are signed with the key in FILE (release.pub) from now on."""
    if again == (file is not None) or (again and yes):
        raise click.UsageError("Name one file, or say --again, which always asks.")
    try:
        settings = settings_of.read()
        if file is None:
            _trust_again(info, settings)
            return
        key = trust.key_to_trust(file)
        if any(each.public == key.public for each in trust.trusted(settings)):
            click.echo("This key is trusted already.")
            return
        if not _is_same(key, compared=yes):
            raise click.Abort
        _trust(info, settings, key)
    except UpgradeError as refused:
        raise click.ClickException(str(refused)) from refused


def _trust_again(info: ScriptInfo, settings: Settings) -> None:
    """Ask of each key that was trusted before a restore whether it is to be trusted again."""
    trust.trusted(settings)  # where others could have written these, that comes first
    with _log(info, settings) as session:
        found = remembered.lost(session, settings)
    if not found:
        click.echo("Every key that the log knows as trusted is trusted.")
    for each in found:
        if each.key is None:
            click.echo(
                f"The log holds no more than the fingerprint of the key of {each.name}. Ask its "
                "owner for the file release.pub, then: lms release trust FILE"
            )
        elif _is_same(each.key, compared=False):
            _trust(info, settings, each.key)
        else:
            click.echo(
                "Not trusted. So that nobody is asked for it again: lms release distrust "
                f"{each.fingerprint}"
            )


def _is_same(key: ReleaseKey, *, compared: bool) -> bool:
    """Show a fingerprint, and return whether somebody has compared it with a paper."""
    click.echo(f"The key of {key.owner or 'somebody without a name'} has the fingerprint\n")
    click.echo(f"  {key.fingerprint}\n")
    return compared or click.confirm(
        "Whoever holds it can change everything on this server. Compare each digit with "
        "the paper that you were given by another way. Is it the same?"
    )


def _trust(info: ScriptInfo, settings: Settings, key: ReleaseKey) -> None:
    with _log(info, settings) as session:
        audit.append(
            session,
            None,
            "release-key.trusted",
            key.kid.hex(),
            {"fingerprint": key.fingerprint, "owner": key.owner, "public": key.public.hex()},
            now=clock.now(),
        )
    trust.add(settings.data, key)
    click.echo("Trusted. This server takes its versions: lms upgrade FILE")


@release.command("distrust")
@click.argument("fingerprint", nargs=-1, required=True)
@click.pass_obj
def distrust_key(info: ScriptInfo, fingerprint: tuple[str, ...]) -> None:
    """Take versions of the key with this FINGERPRINT no longer (lms release keys lists them)."""
    digits = "".join(fingerprint).replace(" ", "").lower()
    try:
        settings = settings_of.read()
        key = _added(settings, digits)
        with _log(info, settings) as session:
            known = remembered.of(key) if key else _lost(session, settings, digits)
            audit.append(
                session,
                None,
                "release-key.distrusted",
                known.kid,
                {"fingerprint": known.fingerprint, "owner": known.owner},
                now=clock.now(),
            )
        if key is not None:
            trust.remove(settings.data, key)
            _require_gone(settings, key)
    except UpgradeError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo("This server takes its versions no longer.")


def _added(settings: Settings, digits: str) -> ReleaseKey | None:
    """Return the key with a fingerprint that is trusted by command on this server, if any."""
    for key in trust.trusted(settings):
        if key.fingerprint.replace(" ", "") != digits:
            continue
        if key.file != settings.data / OWN:
            raise UpgradeError(f"This key stands in {key.file}. As root, take its line out there.")
        return key
    return None


def _lost(session: Session, settings: Settings, digits: str) -> Remembered:
    """Return a key that was trusted before a restore, by its fingerprint."""
    for each in remembered.lost(session, settings):
        if each.fingerprint.replace(" ", "") == digits:
            return each
    raise UpgradeError("No such key is trusted here. lms release keys lists them.")


def _require_gone(settings: Settings, key: ReleaseKey) -> None:
    for each in trust.trusted(settings):
        if each.public == key.public:
            raise UpgradeError(f"It also stands in {each.file}. As root, take its line out there.")


@contextmanager
def _log(info: ScriptInfo, settings: Settings) -> Iterator[Session]:
    """Give the session of a server's log; raises SettingsError where there is no server to ask."""
    settle.require_settled(settings.data, "trust")
    require_begun(settings)
    with info.load_app().app_context(), transaction() as session:
        yield session
