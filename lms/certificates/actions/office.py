"""What issuing needs besides the database: keys, files, words and a press."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms.certificates.snapshot import CertificateSnapshot
from lms.files import FileStore
from lms.kernel.messages import Message
from lms.signing.keys import Signer


class Printer(Protocol):
    """What turns a snapshot into a PDF: ``lms.certificates.pdf.render``."""

    def __call__(
        self,
        snapshot: CertificateSnapshot,
        names: Sequence[str],
        labels: Mapping[str, Mapping[str, str]],
        logos: Sequence[bytes],
    ) -> bytes:
        """Return the document."""


@dataclass(frozen=True, slots=True)
class Office:
    """What issuing needs besides the database.

    signer    the private key.
    name_key  keys the digest of the holder's name that outlives the name.
    address   where people reach this server: ``https://learn.example.gov``.
    speak     says a sentence in a language.
    """

    signer: Signer
    name_key: bytes
    store: FileStore
    address: str
    speak: Callable[[Message, str], str]
    render: Printer
