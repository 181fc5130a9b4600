"""Certificates and keys for TLS as administrators bring them, right and wrong ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PKCS8 = serialization.PrivateFormat.PKCS8
SEC1 = serialization.PrivateFormat.TraditionalOpenSSL
PLAIN = serialization.NoEncryption()


def make_key(
    path: Path,
    form: serialization.PrivateFormat = PKCS8,
    protection: serialization.KeySerializationEncryption = PLAIN,
) -> ec.EllipticCurvePrivateKey:
    """Write a new key to ``path`` and return it."""
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, protection))
    return key


def make_certificate(
    path: Path,
    key: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...] = ("learn.example.gov",),
    until: datetime | None = None,
    encoding: serialization.Encoding = serialization.Encoding.PEM,
) -> None:
    """Write a certificate of its own authority for ``names``; without names it has none at all."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "learn.example.gov")])
    end = until or datetime.now(UTC) + timedelta(days=400)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(end, datetime.now(UTC)) - timedelta(days=1))
        .not_valid_after(end)
    )
    if names:
        said = [
            x509.IPAddress(ip_address(each)) if each[0].isdigit() else x509.DNSName(each)
            for each in names
        ]
        built = built.add_extension(x509.SubjectAlternativeName(said), critical=False)
    path.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(encoding))
