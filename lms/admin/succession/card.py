"""The succession card: from one printed page the next administrator can take over. No secrets."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import make_url
from sqlalchemy.orm import Session

from lms import installation
from lms.admin import backup_plan
from lms.admin.backup_plan import BACKUPS, LAST_BACKUP
from lms.admin.folders import SYSTEMD
from lms.admin.night import LAST_DRILL
from lms.admin.start import SITE_FILE
from lms.admin.succession import queries
from lms.admin.upgrade import trust
from lms.admin.upgrade.settle import link_of
from lms.admin.upgrade.version import HEAD, MARK, UpgradeError, program_folder, version_in
from lms.audit import chain
from lms.db import sqlite_file
from lms.kernel.messages import Message, msg
from lms.kernel.named import name_in
from lms.kernel.viewer import Viewer
from lms.settings import THREADS, Settings

NOBODY = "–"
MORE = msg("There are more than this card has room for.")

Fact = tuple[Message, "Message | str"]


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on the card.

    facts     label and value, in the order of reading.
    people    who administers what: name, place, and until when.
    more      what is said where there are more of them; None where these are all.
    before    what comes before the commands.
    commands  what brings the server back on a new machine, each with what it does.
    settings  the lines of the file with the settings, without passwords; empty without one.
    """

    facts: Sequence[Fact]
    people: Sequence[tuple[str, str, date | None]]
    more: Message | None
    before: Message
    commands: Sequence[tuple[str, Message]]
    settings: Sequence[str]


def card(
    session: Session, viewer: Viewer, settings: Settings, language: str, *, now: datetime
) -> Card:
    """Return what the card says now. raises NotFound unless the viewer administers the country."""
    site = installation.read(session)
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    found = queries.administrators(session, viewer, today=today)
    people = [
        (row.name, name_in(row.names, language, row.code), row.until)
        for row in found[: queries.MOST]
    ]
    by_systemd = SYSTEMD.exists()
    facts = [
        (Message(msg("Service")), site.name(language)),
        (Message(msg("Address")), settings.public_address),
        (Message(msg("Identity of the server")), _site(settings.data)),
        (Message(msg("Version of the program")), version_in(program_folder())),
        (Message(msg("Where the program lies")), str(_place())),
        (Message(msg("Data folder")), str(settings.data)),
        (Message(msg("Database")), _database(settings)),
        (Message(msg("Key that signs certificates")), _key(settings, issues=site.issues)),
        *_backups(session, viewer, settings),
        (Message(msg("Whose new versions it takes")), _trusted(settings)),
        (Message(msg("Head of the log")), _head(session)),
    ]
    return Card(
        facts,
        people,
        Message(MORE) if len(found) > queries.MOST else None,
        Message(BEFORE),
        _on_systemd(settings) if by_systemd else _by_hand(settings),
        _lines(settings) if by_systemd else (),
    )


def _place() -> Path:
    """Return where people look for the program: the link where there is one."""
    link = link_of()
    return link if link.is_symlink() else program_folder()


def _site(data: Path) -> str:
    try:
        return str(UUID((data / SITE_FILE).read_text("ascii").strip()))
    except (OSError, ValueError):
        return NOBODY


def _database(settings: Settings) -> str:
    path = sqlite_file(settings.database_url)
    if path is not None:
        return f"SQLite, {path}"
    url = make_url(settings.database_url)  # never its password
    return f"PostgreSQL, {url.host or 'localhost'}, {url.database or ''}"


def _key(settings: Settings, *, issues: bool) -> Message | str:
    if issues:
        return str(settings.issuing_key)
    return Message(msg("none: certificates come from the national server"))


def _backups(session: Session, viewer: Viewer, settings: Settings) -> list[Fact]:
    known = queries.decided(session, viewer)
    last, drill = known.get(LAST_BACKUP), known.get(LAST_DRILL)
    where = backup_plan.folder_here(settings, known.get(BACKUPS))
    elsewhere = backup_plan.folder_elsewhere(settings, known.get(BACKUPS))
    never = Message(msg("not yet"))
    made: Message | str = never
    if isinstance(last, dict):
        said = (
            msg("%(when)s, encrypted: %(path)s")
            if last["sealed"]
            else msg("%(when)s, not encrypted: %(path)s")
        )
        when = datetime.fromisoformat(last["at"])
        made = Message(said, {"when": when, "path": last["path"]})
    tried: Message | str = never
    if isinstance(drill, dict):
        good = msg("%(when)s: it could be restored")
        bad = msg("%(when)s: it could not be restored")
        when = datetime.fromisoformat(drill["at"])
        tried = Message(good if drill["fault"] is None else bad, {"when": when})
    return [
        (Message(msg("Where backups go")), str(where)),
        (Message(msg("Where encrypted copies go")), str(elsewhere) if elsewhere else NOBODY),
        (Message(msg("Last backup")), made),
        (Message(msg("Last restore test")), tried),
    ]


def _trusted(settings: Settings) -> Message | str:
    """Return the release keys with their fingerprints: on a new machine they are trusted anew."""
    try:
        found = trust.trusted(settings)
    except UpgradeError as refused:
        return str(refused)
    if not found:
        return Message(msg("nobody's yet"))
    return "; ".join(f"{key.owner} {key.fingerprint}".lstrip() for key in found)


def _head(session: Session) -> str:
    end = chain.head(session)
    return f"{end.row}:{end.hash.hex()[:16]}" if end.row else NOBODY


BEFORE = msg(
    "Switch the old one off for good first. Take a stick with the newest encrypted backup and the "
    "file of the program, and mount it: lsblk names it, then mkdir -p /media/stick && mount "
    "/dev/sdb1 /media/stick. FILE stands for the backup on it."
)
UNPACK = msg("unpack the program; the file lies with the backups")
RESTORE = msg("put the newest backup back; it asks for the passphrase")


def _source(version: str, folder: str) -> str:
    """Return the command that unpacks this version, from the kind of file in which it came."""
    if any((program_folder() / name).exists() for name in (MARK, HEAD)):
        return f"mkdir {folder} && tar -C {folder} -xf /media/stick/lms-{version}.release"
    return f"mkdir {folder} && tar -C {folder} --strip-components=1 -xf /media/stick/lms-bundle.tar"


def _on_systemd(settings: Settings) -> list[tuple[str, Message]]:
    version = version_in(program_folder())
    named = [name for name in settings.trusted_hosts if not name.startswith(".")]
    host = named[0] if named else "NAME"
    return [
        (
            "apt-get install --yes python3-venv make openssl",
            Message(msg("as root on Debian 12, from the network or the installation medium")),
        ),
        (_source(version, f"/opt/lms-{version}"), Message(UNPACK)),
        (
            f"/opt/lms-{version}/deploy/set-up {host}",
            Message(msg("make accounts, folders, settings and a certificate for TLS")),
        ),
        ("lms restore /media/stick/FILE", Message(RESTORE)),
        (
            "lms site replace && systemctl enable --now lms.service lms-worker.timer",
            Message(msg("say that this machine takes the place of the old one, and start")),
        ),
    ]


def _by_hand(settings: Settings) -> list[tuple[str, Message]]:
    version = version_in(program_folder())
    return [
        (_source(version, f"lms-{version}"), Message(UNPACK)),
        (f"make -C lms-{version} .venv/.run", Message(msg("install it; no network is needed"))),
        (
            f"cd lms-{version} && export {shlex.join(_lines(settings))}",
            Message(msg("say where its data lie, and its other settings")),
        ),
        (".venv/bin/lms restore /media/stick/FILE", Message(RESTORE)),
        (
            ".venv/bin/lms site replace && .venv/bin/lms serve",
            Message(msg("say that this machine takes the place of the old one, and start")),
        ),
    ]


def _lines(settings: Settings) -> list[str]:
    """Return the settings as /etc/lms.env has them; an address with a password is left out."""
    own_key = settings.issuing_key != settings.data / "keys" / "issuing.key"
    given = {
        "LMS_DATA": settings.data,
        "HOST": settings.host,
        "PORT": settings.port,
        "TRUSTED_HOSTS": ",".join(settings.trusted_hosts),
        "TLS_CERT": settings.tls_cert,
        "TLS_KEY": settings.tls_key,
        "PLAIN_HTTP": "yes" if settings.plain_http else None,
        "TRUSTED_PROXIES": settings.trusted_proxies or None,
        "ISSUING_KEY": settings.issuing_key if own_key else None,
        "RELEASE_KEYS": settings.release_keys,
        "BACKUP_TO": settings.backup_to,
        "BACKUP_PASSPHRASE_FILE": settings.backup_passphrase_file,
        "HSTS_DAYS": settings.hsts_days or None,
        "THREADS": settings.threads if settings.threads != THREADS else None,
    }
    return [f"{name}={value}" for name, value in given.items() if value not in {None, ""}]
