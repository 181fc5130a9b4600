"""An upgrade from one signed file: the new version beside the old one, the link as the last step.

Each step may be repeated. Whatever stops it (a fault, a signal, the power) leaves the old version
in its place, with the database as it was.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from lms.admin import backup
from lms.admin.backup_place import BackupError
from lms.admin.backup_plan import BACKUPS
from lms.admin.folders import flush_folder, give
from lms.admin.stopped import require_stopped
from lms.admin.upgrade import journal, release, undo
from lms.admin.upgrade.children import Children
from lms.admin.upgrade.journal import CHANGING, DONE, STAGED, SWITCHED, UNDOING, Journal
from lms.admin.upgrade.release import Release
from lms.admin.upgrade.version import (
    MARK,
    UpgradeError,
    is_newer,
    this_platform,
    this_python,
    version_in,
)
from lms.admin.verifying import RestoreError
from lms.db import sqlite_file
from lms.settings import Settings

ROOM = 3  # times the size of a version that its folder takes with its environment

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An upgrade of one server.

    link   the symbolic link that leads to the version in use: /opt/lms.
    say    tells how far it is.
    clock  gives the moment.
    """

    settings: Settings
    link: Path
    say: Say
    clock: Callable[[], datetime]

    def folder(self, version: str) -> Path:
        """Return where a version lies."""
        return self.link.with_name(f"{self.link.name}-{version}")

    def stage(self, file: Path, keys: dict[bytes, bytes]) -> Journal:
        """Verify a file, and lay the version in it ready beside this one; people go on working.

        raises UpgradeError, and nothing that serves was changed.
        """
        self._require_layout()
        with journal.held(self.settings.data, patience=0) as lock:
            known = journal.read(self.settings.data)
            if known is not None and known.state in {CHANGING, UNDOING}:
                raise UpgradeError("An earlier upgrade was interrupted. First: lms upgrade --undo")
            here = version_in(self.link.resolve())
            self.say("Verifying the signature and every file ...")
            found = release.read(file, keys)
            _require_fit(found, here)
            target = self.folder(found.version)
            _require_room(target.parent, found.size * ROOM)
            if not _has_mark(target, found.digest):
                self.say(f"Unpacking version {found.version} into {target} ...")
                self._unpack(file, keys, found, target)
            self.say("Making its environment from the wheels inside ...")
            if not (target / ".venv/.run").exists():
                shutil.rmtree(target / ".venv", ignore_errors=True)  # of a try that was killed
            Children(self.settings, lock).make(target)
            made = Journal(STAGED, here, found.version, found.digest)
            journal.write(self.settings.data, made)
            return made

    def apply(self) -> Journal:
        """Bring the database to the version that lies ready, look at it, and switch.

        The server is stopped. What an interrupted try has changed is put back first.
        raises UpgradeError; then the old version is in its place, and so is its database.
        """
        self._require_layout()
        with journal.held(self.settings.data) as lock:
            found = self._ready()
            self._require_stopped()
            children, new = Children(self.settings, lock), self.folder(found.after)
            before = children.faults(self.link.resolve())
            self.say("Making a backup ...")
            found = replace(found, state=CHANGING, backup=self._backup())
            journal.write(self.settings.data, found)
            try:
                self._try_out(children, new, before)
                self._require_stopped()
                undo.switch(self.link, new)
            except BaseException:
                self.say("Going back to the old version ...")
                back = UNDOING if self._is_at(found.after) else found.state
                undo.finish(self.settings, self.link, replace(found, state=back), now=self.clock())
                self.say(
                    f"Version {found.before} is in its place again, and its database is as it was. "
                    "Tell whoever made the new version what stands below."
                )
                raise
            found = replace(found, state=SWITCHED)
            journal.write(self.settings.data, found)
            return found

    def go_back(self) -> tuple[Journal, Path | None]:
        """Return to the old version from whichever state there is; the server is stopped.

        returns the journal as it was, and where the database of the new version is kept.
        """
        with journal.held(self.settings.data):
            found = journal.read(self.settings.data)
            if found is None:
                raise UpgradeError("There is no upgrade to undo.")
            if found.state == STAGED:
                undo.throw_away(self.settings, self.link, found)
                return found, None
            self._require_stopped()
            kept = None
            at_new = self._is_at(found.after)
            if found.state in {SWITCHED, DONE} or (found.state == CHANGING and at_new):
                if not self.folder(found.before).is_dir():
                    raise UpgradeError(
                        f"Version {found.before} is no longer at {self.folder(found.before)}."
                    )
                kept = undo.aside(self.settings, self.clock())
                journal.write(self.settings.data, replace(found, state=UNDOING))
            now = replace(found, state=UNDOING if at_new else found.state)
            undo.finish(self.settings, self.link, now, now=self.clock())
            return found, kept

    def _is_at(self, version: str) -> bool:
        """Return whether the link leads to a version."""
        return self.link.resolve() == self.folder(version).resolve()

    def _unpack(self, file: Path, keys: dict[bytes, bytes], found: Release, target: Path) -> None:
        part = target.with_name(f".{target.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(target, ignore_errors=True)
        former = os.umask(0o022)
        try:
            part.mkdir()
            release.read(file, keys, part)
            (part / MARK).write_text(found.digest + "\n", "ascii")
            os.sync()
            part.rename(target)
            flush_folder(target.parent)
        except OSError as error:
            raise UpgradeError(
                f"{error.filename or target}: {error.strerror}. Nothing was changed."
            ) from error
        finally:
            os.umask(former)

    def _ready(self) -> Journal:
        """Return the journal of a version that lies ready; put back what was changed before."""
        found = journal.read(self.settings.data)
        if found is None or found.state == DONE:
            raise UpgradeError("No version lies ready. First: lms upgrade FILE")
        if self._is_at(found.after) and found.state in {CHANGING, SWITCHED}:
            raise UpgradeError(f"Version {found.after} is in place already. Start the server.")
        if found.state in {CHANGING, UNDOING}:
            self._require_stopped()
            self.say("An earlier try was interrupted: putting the database back ...")
            undo.finish(self.settings, self.link, found, now=self.clock())
            found = replace(found, state=STAGED, backup=None)
        if not _has_mark(self.folder(found.after), found.digest):
            raise UpgradeError("The new version is not there any more. First: lms upgrade FILE")
        if not is_newer(found.after, version_in(self.link.resolve())):
            raise UpgradeError(f"Version {found.after} is not newer than what is here.")
        return found

    def _try_out(self, children: Children, new: Path, before: dict[str, str]) -> None:
        self.say("Bringing the database to the new version ...")
        children.run(new, "prepare", like=self.settings.issuing_key.parent)
        self.say("Asking its doctor ...")
        worse = [said for part, said in children.faults(new).items() if part not in before]
        if worse:
            raise UpgradeError("The doctor of the new version says:\n" + "\n".join(worse))
        self.say("Starting it for a look at a page ...")
        children.look_at_a_page(new)

    def _backup(self) -> str:
        folder = self.settings.data / BACKUPS
        try:
            made = backup.make(self.settings, folder, None, now=self.clock(), name="before-upgrade")
        except BackupError as refused:
            raise UpgradeError(f"{refused} Nothing was upgraded.") from refused
        give(made.path, folder)
        return made.path.name

    def _require_stopped(self) -> None:
        try:
            require_stopped(self.settings)
        except RestoreError as refused:
            raise UpgradeError(
                "A server or its worker is running on this data folder. Stop it, then: lms upgrade "
                "--resume"
            ) from refused

    def _require_layout(self) -> None:
        """Raise UpgradeError unless the program lies where a link can be switched."""
        if not self.link.is_symlink():
            raise UpgradeError(
                f"{self.link} is a folder, and an upgrade needs a link there that leads to the "
                f"folder of a version. Once, while the server is stopped: mv {self.link} "
                f"{self.link}-VERSION && ln -s {self.link.name}-VERSION {self.link}"
            )
        here = self.link.resolve()
        database = sqlite_file(self.settings.database_url)
        inside = [path for path in (self.settings.data, database) if path]
        if any(path.resolve().is_relative_to(here) for path in inside):
            raise UpgradeError(
                f"The data folder {self.settings.data} lies in the folder of the program, which an "
                "upgrade exchanges. Move it out first and name it with LMS_DATA."
            )


def _require_fit(found: Release, here: str) -> None:
    """Raise UpgradeError unless a version is newer than ``here`` and made for this machine."""
    if not is_newer(found.version, here):
        raise UpgradeError(
            f"The file holds version {found.version}, and version {here} is in use: an upgrade "
            "goes to a newer one alone. Nothing was changed."
        )
    if found.python != this_python():
        raise UpgradeError(
            f"The file is made for Python {found.python}, and this machine has {this_python()}. "
            "Ask for the file for your system. Nothing was changed."
        )
    if found.platform != this_platform():
        raise UpgradeError(
            f"The file is made for {found.platform}, and this machine is {this_platform()}. Ask "
            "for the file for your machine. Nothing was changed."
        )


def _require_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise UpgradeError(
            f"There is not enough room in {folder}: {needed // 1_000_000} MB are needed, and "
            f"{free // 1_000_000} MB are free. Nothing was changed."
        )


def _has_mark(folder: Path, digest: str) -> bool:
    """Return whether exactly one version lies in a folder, complete."""
    try:
        return (folder / MARK).read_text("ascii").strip() == digest
    except (OSError, UnicodeDecodeError):
        return False
