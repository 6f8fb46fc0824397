"""Remote signing with ECDSA keys, in either form that a provider gives their signatures in; read by two programs."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from asn1crypto import algos
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature

from adapters.pades.ecdsa_value import value_in_cms
from engine.acts.remote_sign import ask_remotely
from tests.doubles.signing import Signing, chain_of, signing_doubles
from tests.installation.world import World
from tests.integration.test_pdf_signers import pdfsig
from tests.integration.test_remote_signing import confirm, go, paper_of, statuses, to_sign
from tests.uncounted import uncounted


@pytest.fixture(scope="module")
def doubles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    with signing_doubles(tmp_path_factory.mktemp("signing")) as made:
        yield made


@pytest.fixture
def signing(doubles: Signing, world: World) -> Iterator[Signing]:
    doubles.told(world.now)
    doubles.at_provider("PUT", "app", {})
    world.runtime = doubles.over(world.runtime)
    yield doubles
    doubles.at_provider("PUT", "options", {"side_by_side": False, "alter": 0})
    doubles.signers.unlink()


@pytest.mark.parametrize("side_by_side", [False, True])
@pytest.mark.parametrize("kind", ["p256", "p384"])
def test_an_ecdsa_key_signs_and_both_programs_agree(
    world: World, signing: Signing, tmp_path: Path, kind: str, side_by_side: bool
) -> None:
    signing.enter("leader", "Trần Thị Ký", kind=kind)
    signing.at_provider("PUT", "options", {"callbacks": False, "side_by_side": side_by_side})
    (one,) = to_sign(world, 1)
    (number,) = world.act("leader", ask_remotely, [one])
    go(world)
    confirm(signing)
    go(world, 10)
    assert statuses(world, number) == [("done", None)]
    content = world.runtime.files.read(paper_of(world, one.dossier)["storage_key"])
    with uncounted():
        (signature,) = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
        found = validate_pdf_signature(signature, signing.trust().context((), world.now))
        assert found.intact and found.valid and found.trusted
        assert signature.signer_info["signature_algorithm"].signature_algo == "ecdsa"
        if shutil.which("pdfsig"):
            assert "Signature is Valid." in pdfsig(content, tmp_path)
            where = content.index(b"/Type") + 1
            assert "Signature is Valid." not in pdfsig(content[:where] + b"X" + content[where + 1 :], tmp_path)


@pytest.mark.parametrize("side_by_side", [False, True])
def test_a_wrong_ecdsa_signature_is_found_and_its_dossier_waits(
    world: World, signing: Signing, side_by_side: bool
) -> None:
    signing.enter("leader", "Trần Thị Ký", kind="p256")
    signing.at_provider("PUT", "options", {"callbacks": False, "side_by_side": side_by_side, "alter": 1})
    (one,) = to_sign(world, 1)
    (number,) = world.act("leader", ask_remotely, [one])
    go(world)
    confirm(signing)
    go(world, 10)
    ((status, _),) = statuses(world, number)
    assert status not in ("done", "prepared") and world.row(one.dossier)["state"] == "signing"


@pytest.fixture(scope="module")
def p256(doubles: Signing) -> object:
    return chain_of(doubles.certificate("Ai Đó", kind="p256"))[0]


@given(value=st.one_of(st.binary(max_size=80), st.binary(min_size=64, max_size=64)))
def test_any_bytes_are_a_value_and_never_a_fault(p256: object, value: bytes) -> None:
    found = value_in_cms(value, p256)  # type: ignore[arg-type]  # a certificate of asn1crypto
    if found != value:
        told = algos.DSASignature.load(found)
        assert len(value) == 64
        assert (told["r"].native, told["s"].native) == (
            int.from_bytes(value[:32], "big"),
            int.from_bytes(value[32:], "big"),
        )
