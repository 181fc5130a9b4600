"""What ``lms doctor`` looks at: each part of the server is good, or a sentence says what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lms import installation
from lms.admin import running, start
from lms.admin.findings import WRONG, Finding, good, note, wrong
from lms.admin.network import network
from lms.admin.retention import RUNS, deletion
from lms.admin.safekeeping import (
    DECISIONS,
    Known,
    copy_elsewhere,
    last_backup,
    nightly_check,
    restore_test,
)
from lms.admin.storage import data_folder, disk, integrity, schema_version, unreadable
from lms.admin.trail.actions import LAST_LOOK
from lms.admin.trail.finding import log
from lms.admin.upgrade import remembered, trust
from lms.admin.upgrade.version import UpgradeError
from lms.admin.vital import ABOUT_THE_KEY, lost_key
from lms.audit import queries as audit
from lms.authoring import actions as authoring
from lms.catalogue.models import Edition, OfferedChange
from lms.certificates.actions import RING
from lms.jobs import queries as jobs
from lms.kernel.messages import msg
from lms.settings import Settings
from lms.signing import keys
from lms.signing.refusals import Unreadable
from lms.web.language import CATALOGUES


def examine(settings: Settings, session: Session, *, now: datetime) -> list[Finding]:
    """Look at every part of the server; changes nothing. A part that fails hides no other one."""
    found = [data_folder(settings.data)]
    if not os.access(settings.data, os.R_OK | os.X_OK):
        return found
    found += [disk(settings.data), schema_version()]

    @cache
    def known() -> Known:
        return installation.decided(session, (*DECISIONS, LAST_LOOK))

    def zone() -> ZoneInfo:
        return ZoneInfo(installation.read(session).time_zone)

    if found[-1].state != WRONG:
        checks: tuple[Callable[[], Finding | None], ...] = (
            lambda: identity(settings, session),
            lambda: running.clock(audit.newest_at(session), now.astimezone(zone())),
            lambda: last_backup(known(), now),
            lambda: copy_elsewhere(known(), settings, now),
            lambda: restore_test(known(), now),
            lambda: issuing_key(session, settings),
            lambda: languages(session),
            lambda: running.worker(jobs.standing(session), now),
            lambda: courses(session),
            lambda: editions(session),
            lambda: nightly_check(known(), now),
            lambda: log(known()),
            lambda: deletion(known().get(RUNS), now),
            lambda: new_versions(session, settings),
        )
        for check in checks:
            try:
                finding = check()
                found += [finding] if finding else []
            except SQLAlchemyError as error:
                session.rollback()
                found.append(unreadable(error))
                break
    whole = integrity(settings)
    found += [] if whole in found else [whole]
    found.extend(network(settings, now))
    return found


def identity(settings: Settings, session: Session) -> Finding:
    """Whether the database belongs to this machine."""
    site = session.scalar(select(installation.Site.id))
    if site is None:
        return wrong(msg("Identity: this server has none yet. Run: lms prepare"))
    try:
        start.require_site(settings.data, site)
    except start.StartRefusedError as refused:
        return wrong(msg("Identity: %(what)s"), {"what": refused.message})
    return good(msg("Identity: the database belongs to this machine."))


def new_versions(session: Session, settings: Settings) -> Finding:
    """Whether this server would take a new version of the program, and from whom."""
    try:
        found = trust.trusted(settings)
    except UpgradeError as refused:
        return wrong(msg("New versions: %(what)s"), {"what": str(refused)})
    if once := remembered.lost(session, settings):
        names = ", ".join(sorted({each.name for each in once}))
        said = msg(
            "New versions: those of %(owners)s were taken once and are not now; a restore does not "
            "bring this trust back. Take the printed succession card, then run as root: lms "
            "release trust --again"
        )
        return note(said, {"owners": names})
    if not found:
        said = msg(
            "New versions: no release key is trusted yet, so none is taken. Ask whoever gives you "
            "new versions for the file release.pub and, on paper, its fingerprint. Then run: lms "
            "release trust FILE"
        )
        return note(said)
    owners = ", ".join(sorted({key.owner or key.fingerprint for key in found}))
    return good(msg("New versions: taken when signed by %(owners)s."), {"owners": owners})


def issuing_key(session: Session, settings: Settings) -> Finding:
    """Whether certificates can be issued here, as far as this account may look."""
    path = settings.issuing_key
    if not installation.read(session).issues:
        said = msg(
            "Issuing key: this server is a station and needs none; its certificates come from the "
            "national server."
        )
        return good(said)
    if not os.access(path.parent, os.X_OK) and path.parent.exists():
        said = msg(
            "Issuing key: only the worker's account may look at it, as it should be. Run lms "
            "doctor as that account to see more."
        )
        return good(said)
    values = {"path": str(path)}
    if not path.exists():
        none_yet = wrong(msg("Issuing key: there is none yet. Run: lms prepare"))
        return lost_key(installation.decided(session, ABOUT_THE_KEY), settings) or none_yet
    if path.stat().st_mode & 0o077:
        said = msg(
            "Issuing key: other accounts of this machine can read %(path)s. Run: chmod 600 %(path)s"
        )
        return wrong(said, values)
    if not signs_as_listed(session, path):
        said = msg(
            "Issuing key: %(path)s is not the key with which this server has signed, so no "
            "certificate is issued. Bring the right one back from an encrypted backup, as root: "
            "lms restore --key FILE"
        )
        return wrong(said, values)
    return good(msg("Issuing key: it is there and nobody else can read it."))


def signs_as_listed(session: Session, path: Path) -> bool:
    """Return whether the key in ``path`` is the current one of the key list; True without a list.

    A key that this account may not read is believed.
    """
    listed = installation.setting(session, RING)
    if listed is None or not os.access(path, os.R_OK):
        return True
    try:
        signer = keys.load_private_key(path)
    except Unreadable:
        return False
    current = keys.parse_ring(listed).current()
    return current is not None and current.kid == signer.kid


def languages(session: Session) -> Finding:
    """Whether the pages can speak every language of this installation."""
    chosen = installation.read(session).languages
    missing = [
        code
        for code in chosen
        if code != "en" and not (CATALOGUES / code / "LC_MESSAGES" / "messages.po").exists()
    ]
    names = [installation.LANGUAGE_NAMES[code] for code in missing or chosen]
    values = {"names": ", ".join(names)}
    if missing:
        said = msg(
            "Languages: the sentences in %(names)s are missing, so those pages speak English. "
            "Bring the folder translations back from the file of the program, then start the "
            "server anew (docs/install.md, 7, says how)."
        )
        return wrong(said, values)
    return good(msg("Languages: %(names)s."), values)


def courses(session: Session) -> Finding:
    """Whether the course folders differ from what is published."""
    offered = session.scalar(select(func.count()).select_from(OfferedChange)) or 0
    if offered:
        said = msg(
            "Courses: changes of %(number)s courses wait until somebody takes them. Learners "
            "keep what is published. To take one: lms content publish FOLDER"
        )
        return note(said, {"number": offered})
    return good(msg("Courses: what is in the folders is what is published."))


def editions(session: Session) -> Finding:
    """Whether every edition that is published here carries a signature."""
    unsigned = sum(
        not authoring.is_signed(signature)
        for signature in session.scalars(select(Edition.signature))
    )
    if not unsigned:
        return good(msg("Editions: every one that is published here is signed."))
    if not installation.read(session).issues:
        said = msg(
            "Editions: not signed, since a station has no issuing key: %(number)s. Learners see "
            "no difference, but another server cannot tell where such a package comes from."
        )
        return note(said, {"number": unsigned})
    said = msg(
        "Editions: not signed yet: %(number)s. The worker signs them; learners see no difference. "
        "If this still stands here tomorrow, look at the issuing key and at the work in the "
        "background."
    )
    return note(said, {"number": unsigned})
