"""PAdES with a key of the installation: in a PKCS#12 file and in a PKCS#11 token (SoftHSM), checked by two programs."""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, load_pem_private_key, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader

from adapters.forms.render import render_form
from adapters.local_signer import LocalSigner
from adapters.pades.local import PdfSigner, pkcs12_key
from adapters.pades.trust import Trust
from engine.ports import Signature, SigningFailed
from engine.setting_values import WrongSetting
from engine.signing_settings import TokenSettings
from tests.doubles.process import ROOT
from tests.doubles.signing import Signing, signing_doubles
from tests.integration.test_remote_signing import SLIP

AT = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
PAPER = render_form("03", SLIP)
CHECK = "https://dvc.example.vn/kiem-tra/abcdefghijklmnopqrstuvwxyz234567"
MODULES = [Path(f"/usr/lib/{place}libsofthsm2.so") for place in ("softhsm/", "x86_64-linux-gnu/softhsm/", "")]


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    with signing_doubles(tmp_path_factory.mktemp("signing")) as made:
        made.told(AT)
        yield made


def kept(made: str, path: Path, phrase: bytes = b"phrase") -> Path:
    """A PKCS#12 file of a person's PEM."""
    own, *above = x509.load_pem_x509_certificates(made.encode())
    key = load_pem_private_key(made.encode(), None)
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"ky", key, own, above, BestAvailableEncryption(phrase)))  # type: ignore[arg-type]
    path.chmod(0o600)
    return path


def signer(signing: Signing, tmp_path: Path, trust: Trust | None = None, **asked: str) -> PdfSigner:
    file = kept(signing.certificate("UBND Phường Mẫu", **asked), tmp_path / "key.p12")
    return PdfSigner(pkcs12_key(file, "phrase"), trust or signing.trust(), LocalSigner(tmp_path / "own"))


def sign(by: PdfSigner, content: bytes = PAPER) -> Signature:
    return by.sign(content, person="staff:1", office="UB-1", at=AT, check=CHECK)


def test_a_signed_pdf_holds_the_paper_and_passes_two_programs(signing: Signing, tmp_path: Path) -> None:
    made = sign(signer(signing, tmp_path))
    assert made.content is not None and made.content.startswith(PAPER) and made.about is not None
    assert (made.algorithm, made.about.level, made.about.stamped_at) == ("PAdES", "B-LTA", AT)
    assert validated(signing, made.content, tmp_path) == ""
    changed = made.content.replace(b"/MediaBox", b"/MediaBux", 1)
    assert validated(signing, changed, tmp_path) != ""
    if shutil.which("pdfsig"):
        assert "Signature is Valid." in pdfsig(made.content, tmp_path)
        assert "Signature is Valid." not in pdfsig(changed, tmp_path)


def test_a_second_signature_leaves_the_first_one_valid(signing: Signing, tmp_path: Path) -> None:
    first = sign(signer(signing, tmp_path))
    assert first.content is not None
    second = sign(signer(signing, tmp_path), first.content)
    assert second.content is not None and second.content.startswith(first.content)
    assert len(PdfFileReader(io.BytesIO(second.content)).embedded_regular_signatures) == 2
    assert validated(signing, second.content, tmp_path) == ""


def test_what_is_no_pdf_is_signed_beside_it(signing: Signing, tmp_path: Path) -> None:
    made = sign(signer(signing, tmp_path), b"\x89PNG picture")
    assert (made.algorithm, made.content) == ("Ed25519", None)


@pytest.mark.parametrize("content", [b"%PDF-1.7\nnothing", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"])
def test_a_broken_pdf_is_refused_in_words(signing: Signing, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SigningFailed, match="no readable PDF"):
        sign(signer(signing, tmp_path), content)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"usage": "encipher"}, "may not be used for signing"),
        ({"last": "2026-01-01T00:00:00+00:00"}, "has expired"),
        ({"first": "2026-05-01T00:00:00+00:00"}, "not valid yet"),
    ],
)
def test_an_unfit_certificate_signs_nothing(signing: Signing, tmp_path: Path, asked: dict[str, str], why: str) -> None:
    with pytest.raises(SigningFailed, match=why):
        sign(signer(signing, tmp_path, **asked))


def test_a_revoked_one_and_one_of_a_strange_authority_sign_nothing(signing: Signing, tmp_path: Path) -> None:
    made = signing.certificate("UBND Phường Mẫu")
    by = PdfSigner(pkcs12_key(kept(made, tmp_path / "key.p12"), "phrase"), signing.trust(), LocalSigner(tmp_path))
    sign(by)
    signing.revoke(made)
    with pytest.raises(SigningFailed, match="was revoked"):
        sign(by)
    with signing_doubles(tmp_path / "strange") as strange, pytest.raises(SigningFailed, match="no trusted authority"):
        sign(signer(signing, tmp_path, strange.trust()))


def test_without_an_answer_about_revocation_or_time_nothing_is_signed(signing: Signing, tmp_path: Path) -> None:
    by = signer(signing, tmp_path)
    silent = replace(signing.trust(), tsa_url="http://127.0.0.1:9/tsa")
    with pytest.raises(SigningFailed, match="timestamp authority"):
        sign(signer(signing, tmp_path, silent))
    signing.at_authority("PUT", "faults", {"faults": {"error": 1.0}})
    try:
        with pytest.raises(SigningFailed, match="revocation status"):
            sign(by)
    finally:
        signing.at_authority("PUT", "faults", {})


def test_without_a_timestamp_authority_the_signature_is_plain(signing: Signing, tmp_path: Path) -> None:
    made = sign(signer(signing, tmp_path, replace(signing.trust(), tsa_url=None)))
    assert made.about is not None and (made.about.level, made.about.stamped_at) == ("B-B", None)


def test_a_key_file_that_cannot_be_used_is_named(signing: Signing, tmp_path: Path) -> None:
    file = kept(signing.certificate("UBND Phường Mẫu"), tmp_path / "key.p12")
    with pytest.raises(WrongSetting, match=r"key\.p12 cannot be used"):
        pkcs12_key(file, "another phrase")
    file.chmod(0o644)
    with pytest.raises(WrongSetting, match="set its mode to 600"):
        pkcs12_key(file, "phrase")
    with pytest.raises(WrongSetting, match="cannot be used"):
        pkcs12_key(tmp_path / "absent.p12", "phrase")


def test_a_key_in_a_token_signs_there(signing: Signing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = next((path for path in MODULES if path.exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed: install the package 'softhsm2'")
    from adapters.pades.token import pkcs11_key  # its library looks for the module's settings when it is loaded

    tokens = tmp_path / "tokens"
    tokens.mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    made = signing.certificate("UBND Phường Mẫu")
    fill_token(module, made)
    where = TokenSettings(module=module, token="motcua", key="ky")
    signed = sign(PdfSigner(pkcs11_key(where, "1234"), signing.trust(), LocalSigner(tmp_path / "own")))
    assert signed.content is not None and validated(signing, signed.content, tmp_path) == ""
    with pytest.raises(WrongSetting, match="no certificate with the label other"):
        pkcs11_key(replace(where, key="other"), "1234")
    with pytest.raises(WrongSetting, match="cannot be opened"):
        pkcs11_key(replace(where, token="absent"), "1234")


def fill_token(module: Path, made: str) -> None:
    """Makes a token and puts a person's key and certificates into it, as the authority's own tool does."""
    import pkcs11
    from pkcs11.util.rsa import decode_rsa_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    command = ["softhsm2-util", "--init-token", "--free", "--label", "motcua", "--so-pin", "1234", "--pin", "1234"]
    subprocess.run(command, check=True, capture_output=True)
    with pkcs11.lib(str(module)).get_token(token_label="motcua").open(rw=True, user_pin="1234") as session:
        key = load_pem_private_key(made.encode(), None)
        from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

        der = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        attributes = decode_rsa_private_key(der)
        attributes |= {pkcs11.Attribute.LABEL: "ky", pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.SIGN: True}
        session.create_object(attributes)
        for place, one in enumerate(x509.load_pem_x509_certificates(made.encode())):
            certificate = decode_x509_certificate(one.public_bytes(Encoding.DER))
            named = {pkcs11.Attribute.LABEL: "ky" if place == 0 else "above", pkcs11.Attribute.TOKEN: True}
            session.create_object(certificate | named)


def validated(signing: Signing, content: bytes, tmp_path: Path) -> str:
    """What another process says against a file; empty for a valid one."""
    import json

    folder = tmp_path / "checked"
    folder.mkdir(exist_ok=True)
    (folder / "one.pdf").write_bytes(content)
    signing.settings()
    root = signing.folder / "roots.pem"
    command = [sys.executable, "-m", "tests.doubles.pdf_validator", str(root), AT.isoformat(), str(folder)]
    around = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, check=True)
    return str(json.loads(done.stdout)["one.pdf"])


def pdfsig(content: bytes, tmp_path: Path) -> str:
    """What poppler says of the first signature of a file."""
    (tmp_path / "one.pdf").write_bytes(content)
    done = subprocess.run(["pdfsig", str(tmp_path / "one.pdf")], capture_output=True, text=True, check=False)
    return done.stdout.partition("Signature #2:")[0]
