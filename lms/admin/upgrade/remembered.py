"""Which release keys somebody once trusted here: what the log says, where trust itself is gone.

A backup carries the log and no trust. Who may write to a folder of backups, or knows their
passphrase, could otherwise put a key of their own into one, and root would install what it signs.
So a restore says which keys were trusted, and a person compares their fingerprints once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.admin.upgrade import trust
from lms.admin.upgrade.trust import LONGEST_OWNER, ReleaseKey
from lms.admin.upgrade.version import UpgradeError
from lms.audit.models import AuditRow
from lms.settings import Settings
from lms.signing.keys import PUBLIC_KEY_BYTES, key_id

TRUSTED, DISTRUSTED = "release-key.trusted", "release-key.distrusted"


@dataclass(frozen=True, slots=True)
class Remembered:
    """A key as the log names it.

    key  None where the log, of an older version, holds its fingerprint alone.
    """

    kid: str
    owner: str
    fingerprint: str
    key: ReleaseKey | None

    @property
    def name(self) -> str:
        """Whose it is, or its fingerprint where nobody has said that."""
        return self.owner or self.fingerprint


def of(key: ReleaseKey) -> Remembered:
    """Return what the log keeps of a key."""
    return Remembered(key.kid.hex(), key.owner, key.fingerprint, key)


def lost(session: Session, settings: Settings) -> Sequence[Remembered]:
    """Return the keys that the log knows as trusted and that do not count now, oldest first."""
    counting: set[str] = set()
    with suppress(UpgradeError):  # whoever looks at the keys themselves is told
        counting = {key.kid.hex() for key in trust.trusted(settings)}
    rows = session.execute(
        select(AuditRow.action, AuditRow.subject, AuditRow.facts)
        .where(AuditRow.action.in_((TRUSTED, DISTRUSTED)))
        .order_by(AuditRow.id)
    )
    standing: dict[str, Remembered] = {}
    for action, kid, facts in rows:
        standing.pop(kid, None)
        if action == TRUSTED and kid not in counting:
            standing[kid] = _remembered(kid, facts)
    return list(standing.values())


def _remembered(kid: str, facts: Mapping[str, Any]) -> Remembered:
    """Read a row of the log as what anybody may have written who can write to the database."""
    owner = "".join(each for each in str(facts.get("owner") or "") if each.isprintable())
    owner = owner.partition("#")[0].strip()[:LONGEST_OWNER]
    try:
        public = bytes.fromhex(str(facts.get("public") or ""))
    except ValueError:
        public = b""
    if len(public) == PUBLIC_KEY_BYTES and key_id(public).hex() == kid:
        key = ReleaseKey(public, owner, Path(trust.OWN))
        return Remembered(kid, owner, key.fingerprint, key)
    return Remembered(kid, owner, str(facts.get("fingerprint") or kid), None)
