"""Every edition is signed by this server's key: by the worker, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit import actions as audit
from lms.catalogue.models import (
    Edition,
)
from lms.certificates.actions import keep_ring
from lms.installation import Installation
from lms.jobs import actions as jobs
from lms.signing import editions
from lms.signing.editions import SignedEdition
from lms.signing.keys import Signer

SIGN = "editions.sign"


def ask_for_signatures(session: Session, key: str, *, now: datetime) -> None:
    """Ask the worker to sign every edition that has no signature; once for each ``key``."""
    jobs.ask(session, SIGN, key, now=now)


def sign_edition(
    session: Session,
    site: Installation,
    signer: Signer,
    edition_id: int,
    contents: str,
    *,
    now: datetime,
) -> None:
    """Sign an edition that has no signature, or one of the first editions' kind.

    contents  the digest of its folder, from the package that is stored here.
    raises    Refused when the key is not the one in this server's key list.
    """
    edition = session.get_one(Edition, edition_id, with_for_update=True)
    if is_signed(edition.signature):
        return
    ring = keep_ring(session, site, signer, now=now)
    number = f"{edition.number}.{edition.revision}"
    edition.signature = editions.sign(
        SignedEdition(
            ring.issuer,
            now.replace(microsecond=0),
            edition.course_id,
            number,
            edition.core_digest,
            edition.nation or "",
            edition.layer_digest,
            contents,
        ),
        signer,
    )
    audit.append(
        session,
        None,
        "edition.signed",
        f"{edition.course_id} {number}",
        {"package": edition.package, "contents": contents, "kid": signer.kid.hex()},
        now=now,
    )


def is_signed(signature: bytes | None) -> bool:
    """Return whether an edition needs no signature any more."""
    return signature is not None and editions.is_current(signature)
