"""The file of signatories: tried and brought in by a command, hostile files refused by line, never half of it read."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from adapters import signatory_file
from adapters.remote_signing import RemoteSigner
from adapters.signatory_file import replace_signatories, signatories_in
from engine.remote_signing import RemoteSigningFailed
from engine.rules.offices.signatory_file import MOST_BYTES, read_signatory_file, written
from engine.signing_settings import RemoteSettings
from engine.store.staff_journal import staff_journal
from tests.installation.world import World
from tests.integration.test_cli import Run, _read_once, run  # noqa: F401 - fixtures
from workflows.remote_signing_file import load_remote_wire


@pytest.fixture
def signing(run: Run, tmp_path: Path) -> Run:  # noqa: F811 - the fixture
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    root = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    root = (
        root.serial_number(1)
        .not_valid_before(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2044, 1, 1, tzinfo=dt.UTC))
    )
    (tmp_path / "roots.pem").write_bytes(root.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    settings = {
        "MOTCUA_REMOTE_SIGNING_URL": "http://127.0.0.1:9",
        "MOTCUA_REMOTE_SIGNING_SECRET": "x" * 40,
        "MOTCUA_REMOTE_SIGNING_SIGNERS": str(tmp_path / "signers.csv"),
        "MOTCUA_SIGNING_ROOTS": str(tmp_path / "roots.pem"),
    }
    return lambda *arguments, **more: run(*arguments, **settings, **more)


def told_of(world: World) -> int:
    acts = select(func.count()).select_from(staff_journal).where(staff_journal.c.act == "import-signatories")
    with world.reading() as connection:
        return int(connection.execute(acts).scalar_one())


def test_a_file_is_tried_and_then_brought_in_and_the_others_stay(signing: Run, world: World, tmp_path: Path) -> None:
    kept, given_ = tmp_path / "signers.csv", tmp_path / "given.csv"
    replace_signatories(kept, {"away": "id0", "leader": "old"})
    kept.chmod(0o640)
    before = kept.read_bytes()
    given_.write_text("\ufeffcredential;username\nid1;leader\nid2;specialist\n")
    tried = json.loads(signing("people", "signatories", str(given_), "--json").output)
    assert (tried["written"], tried["new"], tried["changed"], tried["same"]) == (False, 1, 1, 0)
    assert kept.read_bytes() == before and told_of(world) == 0
    assert "1 new, 1 changed" in signing("people", "signatories", str(given_), "--apply", "--reason", "mới").output
    assert signatories_in(kept).known == {"away": "id0", "leader": "id1", "specialist": "id2"}
    assert kept.stat().st_mode & 0o777 == 0o640 and told_of(world) == 1
    again = json.loads(signing("people", "signatories", str(given_), "--apply", "--json").output)
    assert again["same"] == 2 and told_of(world) == 1, "the same file again changes nothing"


def test_every_fault_has_its_line_and_nothing_is_written(signing: Run, world: World, tmp_path: Path) -> None:
    kept, given_ = tmp_path / "signers.csv", tmp_path / "given.csv"
    given_.write_text("username,credential\nleader,id1\nnobody.here,id2\nleader,id3\nspecialist,\ncounter,a b\n")
    done = json.loads(signing("people", "signatories", str(given_), "--apply", "--json", code=1).output)
    assert [(one["line"], one["column"]) for one in done["faults"]] == [
        (3, "username"),
        (4, "username"),
        (5, "credential"),
        (6, "credential"),
    ]
    assert not done["written"] and not kept.exists() and told_of(world) == 0


def test_without_a_provider_it_says_so(run: Run, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    (tmp_path / "given.csv").write_text("username,credential\n")
    refused = run("people", "signatories", str(tmp_path / "given.csv"), code=None)
    assert refused.exit_code == 1 and "no provider of remote signing" in refused.output


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"a,b\n1,2\n", b'username,credential\n"leader,id', b"x" * (MOST_BYTES + 1), b"username\n" * 3],
)
def test_what_is_no_such_file_is_one_fault_of_the_whole(content: bytes) -> None:
    (fault,) = read_signatory_file(content).faults
    assert fault.line == 0 and fault.words.vi != fault.words.en


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_a_fault_of_the_program(content: bytes) -> None:
    for start in (b"", b"username,credential\n"):
        assert all(one.words.vi for one in read_signatory_file(start + content).faults)


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=9).map(str.strip).filter(bool), st.from_regex(r"[!-~]{1,20}", fullmatch=True)
    )
)
def test_what_is_written_is_read_back(known: dict[str, str]) -> None:
    names = {name: value for name, value in known.items() if name.isprintable()}
    assert read_signatory_file(written(names)).known == names


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "signers.csv"
    replace_signatories(kept, {"leader": "id1"})

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(signatory_file.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        replace_signatories(kept, {"leader": "id2"})
    assert signatories_in(kept).known == {"leader": "id1"} and [one.name for one in tmp_path.iterdir()] == [
        "signers.csv"
    ]


def test_two_imports_at_once_lose_nobody(signing: Run, tmp_path: Path) -> None:
    for who in ("leader", "specialist"):
        (tmp_path / f"{who}.csv").write_text(f"username,credential\n{who},id-{who}\n")
    first = threading.Barrier(2)
    reading = signatory_file.signatories_in

    def import_one(who: str) -> None:
        with signatory_file.alone_with(tmp_path / "signers.csv"):
            known = {**reading(tmp_path / "signers.csv").known, who: f"id-{who}"}
            replace_signatories(tmp_path / "signers.csv", known)

    def together(who: str) -> None:
        first.wait()
        import_one(who)

    both = [threading.Thread(target=together, args=(who,)) for who in ("leader", "specialist")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert signatories_in(tmp_path / "signers.csv").known == {"leader": "id-leader", "specialist": "id-specialist"}


def test_a_signatory_is_found_though_another_line_is_wrong_and_a_broken_file_is_told(tmp_path: Path) -> None:
    kept = tmp_path / "signers.csv"
    settings = RemoteSettings(url="http://127.0.0.1:9", secret="x", signers=kept, mapping=None)
    signer = RemoteSigner(settings, load_remote_wire(), None, "")  # type: ignore[arg-type]  # nothing is trusted here
    assert signer.credential("leader") is None
    kept.write_text("username,credential\nleader,id1\nspecialist\n")
    assert (signer.credential("leader"), signer.credential("specialist")) == ("id1", None)
    kept.write_text("name,id\nleader,id1\n")
    with pytest.raises(RemoteSigningFailed):
        signer.credential("leader")
