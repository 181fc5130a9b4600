"""Whether what crosses the network is closed to others: TLS, its certificate, its names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from lms.admin.findings import Finding, good, note, wrong
from lms.kernel.messages import msg
from lms.settings import LOOPBACK, Settings
from lms.web import tls

RENEW_BEFORE = timedelta(days=30)


def network(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield what to know about TLS where this server speaks it, or should."""
    if settings.tls_cert is not None and settings.tls_key is not None:
        yield certificate_of_tls(settings.tls_cert, settings.tls_key, settings.trusted_hosts, now)
    elif settings.host not in LOOPBACK and not settings.trusted_proxies:
        said = msg(
            "Network: this server speaks plain HTTP, so passwords can be read by whoever listens "
            "on the network. Set TLS_CERT and TLS_KEY (docs/install.md says how)."
        )
        yield note(said)


def certificate_of_tls(path: Path, key: Path, hosts: tuple[str, ...], now: datetime) -> Finding:
    """Whether browsers accept the certificate of TLS today and in a month, under every name."""
    try:
        tls.require_pair(path, key)
    except tls.TlsError as error:
        return wrong(msg("Network: %(what)s"), {"what": str(error)})
    facts = read_certificate(path)
    values = {"path": str(path), "day": facts.until.date()}
    unnamed = [host for host in hosts if not facts.is_for(host)]
    if facts.until <= now:
        said = msg(
            "Network: the certificate %(path)s ended on %(day)s; browsers refuse it. Get another "
            "one, put it in its place, restart the server."
        )
        return wrong(said, values)
    if unnamed:
        said = msg(
            "Network: the certificate %(path)s is not for %(names)s, which TRUSTED_HOSTS names; "
            "browsers warn there. Get one with every name as a subject alternative name."
        )
        return wrong(said, {**values, "names": ", ".join(unnamed)})
    if facts.until <= now + RENEW_BEFORE:
        said = msg(
            "Network: the certificate %(path)s ends on %(day)s. Get another one before that day, "
            "put it in its place, restart the server."
        )
        return wrong(said, values)
    return good(msg("Network: the certificate of TLS is valid until %(day)s."), values)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The end of a certificate and the names and addresses it is for, in small letters."""

    until: datetime
    names: frozenset[str]

    def is_for(self, host: str) -> bool:
        """Return whether browsers take it for ``host``, a name or address, with or without port."""
        bare = host.rpartition(":")[0] if host.count(":") == 1 else host
        bare = bare.strip("[]").removeprefix(".").lower()
        return bare in self.names or f"*.{bare.partition('.')[2]}" in self.names


def read_certificate(path: Path) -> Certificate:
    """Read the first certificate of a PEM file; raises ValueError where there is none."""
    read = x509.load_pem_x509_certificates(path.read_bytes())[0]
    names: set[str] = set()
    try:
        found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:  # browsers look at nothing else
        return Certificate(read.not_valid_after_utc, frozenset())
    names.update(name.lower() for name in found.get_values_for_type(x509.DNSName))
    names.update(str(each) for each in found.get_values_for_type(x509.IPAddress))
    return Certificate(read.not_valid_after_utc, frozenset(names))
