"""The installation's own signature: whoever changes a byte, the person or the office, is found out."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.local_signer import LocalSigner, verify
from engine.ports import SigningFailed

CONTENT = "Giấy chứng nhận số 12".encode()


def test_a_signature_verifies_with_what_it_carries(tmp_path: Path) -> None:
    signature = LocalSigner(tmp_path).sign(CONTENT, person="Nguyễn Văn A", office="H22.01")
    assert signature.algorithm == "Ed25519"
    assert signature.certificate.startswith("-----BEGIN PUBLIC KEY-----")
    assert verify(CONTENT, signature, person="Nguyễn Văn A", office="H22.01")


def test_any_change_breaks_it(tmp_path: Path) -> None:
    signature = LocalSigner(tmp_path).sign(CONTENT, person="a", office="b")
    other = LocalSigner(tmp_path / "other").sign(CONTENT, person="a", office="b")
    assert not verify(CONTENT + b" ", signature, person="a", office="b")
    assert not verify(CONTENT, signature, person="x", office="b")
    assert not verify(CONTENT, signature, person="a", office="x")
    assert not verify(CONTENT, replace(signature, certificate=other.certificate), person="a", office="b")
    assert not verify(CONTENT, replace(signature, certificate="nonsense"), person="a", office="b")
    assert not verify(CONTENT, replace(signature, value="!"), person="a", office="b")
    assert not verify(CONTENT, replace(signature, algorithm="none"), person="a", office="b")


def test_the_key_survives_a_restart_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = LocalSigner(tmp_path / "data").sign(CONTENT, person="a", office="b")
    again = LocalSigner(tmp_path / "data").sign(CONTENT, person="a", office="b")
    assert first == again
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["signing-key.pem"]
    assert stat.S_IMODE((tmp_path / "data" / "signing-key.pem").stat().st_mode) == 0o600


def test_many_starting_at_once_agree_on_one_key(tmp_path: Path) -> None:
    together = threading.Barrier(8)
    keys: list[str] = []

    def start() -> None:
        together.wait()
        keys.append(LocalSigner(tmp_path).sign(CONTENT, person="a", office="b").certificate)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_broken_key_fails_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "signing-key.pem").write_bytes(content)
    (tmp_path / "signing-key.pem").chmod(0o600)
    with pytest.raises(SigningFailed, match="cannot be used"):
        LocalSigner(tmp_path).sign(CONTENT, person="a", office="b")


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "signing-key.pem").write_bytes(pem)
    (tmp_path / "signing-key.pem").chmod(0o600)
    with pytest.raises(SigningFailed, match="not an Ed25519 key"):
        LocalSigner(tmp_path).sign(CONTENT, person="a", office="b")


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    LocalSigner(tmp_path).sign(CONTENT, person="a", office="b")
    (tmp_path / "signing-key.pem").chmod(0o640)
    with pytest.raises(SigningFailed, match="set its mode to 600"):
        LocalSigner(tmp_path).sign(CONTENT, person="a", office="b")
