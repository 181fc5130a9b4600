"""TLS: the pair that serves, each wrong one with its sentence, and what the doctor says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from lms.admin import network
from lms.admin.findings import GOOD, WRONG
from lms.settings import Settings, read
from lms.web import tls
from lms.web.tls import TlsError
from tests.admin.papers_of_tls import SEC1, make_certificate, make_key

NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Pair:
    """The two files of TLS_CERT and TLS_KEY."""

    certificate: Path
    key: Path

    def require(self) -> None:
        tls.require_pair(self.certificate, self.key)


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    found = Pair(tmp_path / "server.pem", tmp_path / "server.key")
    make_certificate(found.certificate, make_key(found.key))
    return found


def test_a_pair_that_belongs_together_is_taken(pair: Pair) -> None:
    pair.require()
    assert "BEGIN PRIVATE KEY" in pair.key.read_text()


def test_a_key_in_its_older_form_is_taken(pair: Pair) -> None:
    make_certificate(pair.certificate, make_key(pair.key, SEC1))
    pair.require()
    assert "BEGIN EC PRIVATE KEY" in pair.key.read_text()


def test_one_file_with_certificate_and_key_is_taken(pair: Pair) -> None:
    pair.certificate.write_bytes(pair.key.read_bytes() + pair.certificate.read_bytes())
    tls.require_pair(pair.certificate, pair.certificate)
    assert pair.certificate.read_text().count("BEGIN") == 2


def other_key(pair: Pair) -> None:
    make_key(pair.key)


def protected_key(pair: Pair) -> None:
    protection = serialization.BestAvailableEncryption(b"password")
    make_certificate(pair.certificate, make_key(pair.key, protection=protection))


def certificate_in_der(pair: Pair) -> None:
    make_certificate(pair.certificate, make_key(pair.key), encoding=serialization.Encoding.DER)


def certificate_for_key(pair: Pair) -> None:
    pair.key.write_bytes(pair.certificate.read_bytes())


def key_for_certificate(pair: Pair) -> None:
    pair.certificate.write_bytes(pair.key.read_bytes())


def no_certificate(pair: Pair) -> None:
    pair.certificate.unlink()


def no_key(pair: Pair) -> None:
    pair.key.unlink()


def cut_key(pair: Pair) -> None:
    pair.key.write_bytes(pair.key.read_bytes()[:100])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (other_key, "does not belong to the certificate"),
        (protected_key, "Take it off: openssl pkey"),
        (certificate_in_der, "openssl x509 -inform der"),
        (certificate_for_key, "is not a private key in PEM form"),
        (key_for_certificate, "is not a certificate in PEM form"),
        (no_certificate, r"TLS_CERT: .* cannot be read: No such file"),
        (no_key, r"TLS_KEY: .* cannot be read: No such file"),
        (cut_key, "is damaged. Copy both once more"),
    ],
)
def test_each_wrong_pair_is_refused_with_what_to_do(
    pair: Pair, spoil: Callable[[Pair], None], said: str
) -> None:
    spoil(pair)
    with pytest.raises(TlsError, match=said):
        pair.require()


def settings(pair: Pair, hosts: str = "learn.example.gov") -> Settings:
    return read(
        {
            "HOST": "0.0.0.0",
            "TRUSTED_HOSTS": hosts,
            "TLS_CERT": str(pair.certificate),
            "TLS_KEY": str(pair.key),
        }
    )


def found(pair: Pair, hosts: str = "learn.example.gov") -> tuple[str, str]:
    (finding,) = network.network(settings(pair, hosts), NOW)
    return finding.state, str(finding.sentence)


def test_a_certificate_for_every_name_of_the_server_is_good(pair: Pair) -> None:
    names = ("learn.example.gov", "10.1.2.3", "*.prisons.gov")
    make_certificate(pair.certificate, make_key(pair.key), names)
    for hosts in ("learn.example.gov", "LEARN.example.gov:8443", "10.1.2.3", "a.prisons.gov"):
        assert found(pair, hosts)[0] == GOOD, hosts


@pytest.mark.parametrize(
    ("names", "hosts", "unnamed"),
    [
        (("learn.example.gov",), "learn.example.gov,10.1.2.3", "10.1.2.3"),
        (("*.prisons.gov",), "a.b.prisons.gov", "a.b.prisons.gov"),
        ((), "learn.example.gov", "learn.example.gov"),  # only a common name: browsers refuse
    ],
)
def test_a_name_that_the_certificate_lacks_is_told(
    pair: Pair, names: tuple[str, ...], hosts: str, unnamed: str
) -> None:
    make_certificate(pair.certificate, make_key(pair.key), names)
    state, said = found(pair, hosts)
    assert state == WRONG
    assert f"is not for {unnamed}, which TRUSTED_HOSTS names" in said


@pytest.mark.parametrize(
    ("days", "state", "part"),
    [(31, GOOD, "valid until"), (29, WRONG, "ends on"), (-1, WRONG, "browsers refuse it")],
)
def test_a_certificate_is_renewed_in_time(pair: Pair, days: int, state: str, part: str) -> None:
    make_certificate(pair.certificate, make_key(pair.key), until=NOW + timedelta(days=days))
    assert (found(pair)[0], part in found(pair)[1]) == (state, True)


def test_a_wrong_pair_is_told_by_the_doctor_too(pair: Pair) -> None:
    other_key(pair)
    assert "does not belong to the certificate" in found(pair)[1]
