"""The private key file and the public key ring. Vectors: RFC 8032 section 7.1."""

import json
import stat
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from lms.signing import keys
from lms.signing.refusals import Unreadable
from tests.signing.office import MONDAY, OPENED, TUESDAY, ring, signer
from tests.signing.rfc8032 import VECTORS


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_signatures_of_the_standard_hold_and_changed_ones_do_not(
    public: bytes, message: bytes, signature: bytes
) -> None:
    assert keys.is_signed_by(public, signature, message)
    assert not keys.is_signed_by(public, signature, message + b"x")
    assert not keys.is_signed_by(public, signature[:-1], message)


def test_a_key_is_named_by_the_hash_of_its_public_half() -> None:
    assert keys.key_id(signer().public) == sha256(signer().public).digest()[:8]


def test_a_new_key_file_is_readable_by_its_owner_only_and_signs(tmp_path: Path) -> None:
    made = keys.create_private_key(tmp_path / "issuer.pem")

    assert stat.S_IMODE((tmp_path / "issuer.pem").stat().st_mode) == 0o600
    again = keys.load_private_key(tmp_path / "issuer.pem")
    assert keys.is_signed_by(made.public, again.sign(b"facts"), b"facts")


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    keys.create_private_key(tmp_path / "issuer.pem")

    with pytest.raises(FileExistsError):
        keys.create_private_key(tmp_path / "issuer.pem")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keys.create_private_key(tmp_path / "issuer.pem")
    (tmp_path / "issuer.pem").chmod(0o640)

    with pytest.raises(Unreadable, match="Other accounts"):
        keys.load_private_key(tmp_path / "issuer.pem")


def test_a_file_without_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "issuer.pem").write_bytes(b"hello")
    (tmp_path / "issuer.pem").chmod(0o600)

    with pytest.raises(Unreadable, match="holds no signing key"):
        keys.load_private_key(tmp_path / "issuer.pem")


def test_a_signer_does_not_print_its_key() -> None:
    assert "sign=" not in repr(signer())


def test_a_ring_reads_back_as_it_was_signed() -> None:
    published = ring().seal([signer()])

    assert keys.read_ring(published) == ring()
    assert keys.parse_ring(published) == ring()


@pytest.mark.parametrize("member", ["issuer", "dated", "names"])
def test_a_changed_ring_is_refused(member: str) -> None:
    document = json.loads(ring().seal([signer()]))
    document[member] = {"en": "Other"} if member == "names" else "2027-01-01T00:00:00Z"

    with pytest.raises(Unreadable, match="not signed by a key that is known here"):
        keys.read_ring(json.dumps(document))


def test_a_key_under_another_name_is_refused() -> None:
    document = json.loads(ring().seal([signer()]))
    document["keys"][0]["kid"] = "00" * 8

    with pytest.raises(Unreadable, match="not a key list"):
        keys.read_ring(json.dumps(document))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "nonsense", '{"kind": "lms-key-ring-1"}', "[" * 5000, '"\\ud800"']
)
def test_what_is_no_ring_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Unreadable, match="This file is not"):
        keys.read_ring(text)


def test_a_new_key_takes_over_and_the_former_stays_known() -> None:
    later = ring().with_key(signer(2).public, now=TUESDAY)

    former, current = later.keys
    assert later.current() == current
    assert former.signs_at(MONDAY)
    assert not former.signs_at(TUESDAY)
    assert current.signs_at(TUESDAY)
    assert later.find(signer().kid) == former


def test_who_holds_the_old_ring_follows_to_one_that_the_old_key_also_signed() -> None:
    later = ring().with_key(signer(2).public, now=TUESDAY)

    followed = keys.read_ring(later.seal([signer(2), signer()]), trusted=ring())
    assert followed == later
    with pytest.raises(Unreadable, match="not signed by a key that is known here"):
        keys.read_ring(later.seal([signer(2)]), trusted=ring())


def test_a_ring_never_goes_back_in_time() -> None:
    later = ring().with_key(signer(2).public, now=TUESDAY)

    with pytest.raises(Unreadable, match="older than the one in use"):
        keys.read_ring(ring().seal([signer()]), trusted=later)


def test_a_withdrawn_key_vouches_for_nothing() -> None:
    stolen = ring().without_trust_in(signer().kid, now=OPENED + timedelta(days=1))

    assert stolen.current() is None
    with pytest.raises(Unreadable, match="not signed by a key that is known here"):
        keys.read_ring(stolen.seal([signer()]))
