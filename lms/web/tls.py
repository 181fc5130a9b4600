"""The certificate and the key of TLS: looked at before serving, with a sentence for each fault."""

from __future__ import annotations

import ssl
from pathlib import Path

CERTIFICATE = "-----BEGIN CERTIFICATE-----"
PRIVATE_KEY = "PRIVATE KEY-----"


class TlsError(Exception):
    """The pair cannot be used; the text names the file and says what to do."""


class _ProtectedError(Exception):
    """The key asks for a password."""


def require_pair(certificate: Path, key: Path) -> None:
    """Return when ``certificate`` and ``key`` are PEM files that belong together.

    The certificate's own first, then those of the authorities between it and the one that the
    PCs know. The key in any usual form (PKCS#8, PKCS#1, SEC1), without a password: nobody is
    there to type one when the machine starts.

    raises TlsError for anything else.
    """
    if CERTIFICATE not in _text(certificate, "TLS_CERT"):
        raise TlsError(
            f"TLS_CERT: {certificate} is not a certificate in PEM form, a text that begins with "
            f"{CERTIFICATE}. A file .cer or .der becomes one with: "
            f"openssl x509 -inform der -in {certificate} -out server.pem. A file .pfx or .p12, "
            f"which holds the key too: openssl pkcs12 -nodes -in {certificate} -out both.pem, and "
            "name both.pem in TLS_CERT and TLS_KEY."
        )
    if PRIVATE_KEY not in _text(key, "TLS_KEY"):
        raise TlsError(
            f"TLS_KEY: {key} is not a private key in PEM form, a text with a line "
            f"-----BEGIN {PRIVATE_KEY}. It is the file that was made together with the request "
            "for the certificate."
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, _refuse)
    except _ProtectedError:
        raise TlsError(
            f"TLS_KEY: {key} is protected with a password, and nobody is there to type it when "
            f"the server starts. Take it off: openssl pkey -in {key} -out server.key, and let "
            "only root and the group of the server read that file."
        ) from None
    except ssl.SSLError as error:
        if error.reason in {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"}:
            raise TlsError(
                f"TLS_KEY: {key} does not belong to the certificate {certificate}. Take the key "
                "from which that certificate was asked for; in a file with several certificates "
                "the server's own comes first."
            ) from error
        raise TlsError(
            f"TLS_CERT, TLS_KEY: {certificate} or {key} is damaged. Copy both once more."
        ) from error


def _text(path: Path, setting: str) -> str:
    try:
        return path.read_text("ascii", errors="replace")
    except OSError as error:
        raise TlsError(
            f"{setting}: {path} cannot be read: {error.strerror}. Name a file that this account "
            "may read."
        ) from error


def _refuse() -> str:
    raise _ProtectedError
