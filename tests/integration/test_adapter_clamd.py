"""The scanner speaks clamd's protocol; whatever clamd does, a file is taken, refused, or refused for now."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.clamd import PIECE, ClamdScanner
from cli.compose import compose_scanner
from engine.ports import FileInfected, NoScanner, ScannerSilent
from engine.setting_values import WrongSetting
from engine.settings import settings_from
from tests.clamd_double import EICAR, ClamdDouble, clamd_double
from tests.file_samples import pdf


@pytest.fixture(params=["unix", "tcp"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClamdDouble]:
    with clamd_double(tmp_path, tcp=request.param == "tcp") as double:
        yield double


def test_a_clean_file_passes_byte_by_byte(clamd: ClamdDouble) -> None:
    scanner = ClamdScanner(clamd.address, seconds=5)
    for content in (b"", b"x", pdf(), bytes(range(256)) * (PIECE // 256), b"y" * (3 * PIECE + 1)):
        scanner.check(content)
        assert clamd.got[-1] == content
    assert scanner.answers()


def test_an_infected_file_is_refused_also_where_unscanned_ones_pass(clamd: ClamdDouble) -> None:
    for passes in (False, True):
        scanner = ClamdScanner(clamd.address, seconds=5, pass_unscanned=passes)
        with pytest.raises(FileInfected):
            scanner.check(b"a" * PIECE + EICAR)


@pytest.mark.parametrize("manner", ["closes", "nonsense", "endless", "cut", "silent"])
def test_an_answer_that_is_none_refuses_for_now_unless_files_may_pass(clamd: ClamdDouble, manner: str) -> None:
    clamd.manner = manner
    content = b"x" * (5 * PIECE)
    with pytest.raises(ScannerSilent) as refused:
        ClamdScanner(clamd.address, seconds=0.3).check(content)
    assert refused.value.status == 503
    ClamdScanner(clamd.address, seconds=0.3, pass_unscanned=True).check(content)
    if manner != "cut":
        assert not ClamdScanner(clamd.address, seconds=0.3).answers()


def test_a_file_longer_than_clamd_takes_is_no_clean_one(clamd: ClamdDouble) -> None:
    clamd.longest = PIECE
    with pytest.raises(ScannerSilent):
        ClamdScanner(clamd.address, seconds=5).check(b"x" * (20 * PIECE))


def test_nobody_at_the_address_refuses_for_now(tmp_path: Path) -> None:
    for address in (f"unix://{tmp_path}/none.sock", "tcp://127.0.0.1:1"):
        scanner = ClamdScanner(address, seconds=1)
        assert not scanner.answers()
        with pytest.raises(ScannerSilent):
            scanner.check(b"x")
        ClamdScanner(address, seconds=1, pass_unscanned=True).check(b"x")


@pytest.mark.parametrize(
    "address", ["unix://x", "unix:///", "tcp://", "tcp://host:x", "tcp://host:99999", "tcp://h/p", "x"]
)
def test_a_wrong_address_is_named(address: str) -> None:
    if address == "unix:///":
        ClamdScanner(address)  # a folder: nobody answers there
        return
    with pytest.raises(WrongSetting, match="MOTCUA_CLAMD"):
        ClamdScanner(address)


def test_the_settings_choose_the_scanner(tmp_path: Path, clamd: ClamdDouble) -> None:
    data = {"MOTCUA_DATA": str(tmp_path / "data")}
    assert isinstance(compose_scanner(settings_from(data)), NoScanner)
    silent = f"unix://{tmp_path}/none.sock"
    compose_scanner(settings_from(data | {"MOTCUA_CLAMD": clamd.address})).check(b"x")
    assert clamd.got == [b"x"]
    with pytest.raises(ScannerSilent):
        compose_scanner(settings_from(data | {"MOTCUA_CLAMD": silent})).check(b"x")
    compose_scanner(settings_from(data | {"MOTCUA_CLAMD": silent, "MOTCUA_CLAMD_SILENT": "take"})).check(b"x")
    for wrong in ({"MOTCUA_CLAMD": "http://x"}, {"MOTCUA_CLAMD_SILENT": "maybe"}, {"MOTCUA_CLAMD_SECONDS": "0"}):
        with pytest.raises(WrongSetting, match=next(iter(wrong))):
            settings_from(data | wrong)


CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")


@pytest.mark.skipif(CLAMD is None, reason="clamd is not installed (Debian: clamav-daemon)")
def test_debians_clamd_finds_what_the_double_finds(tmp_path: Path) -> None:
    assert CLAMD is not None
    signatures = tmp_path / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"Test.Marker:0:*:{EICAR.hex()}\n")
    socket, settings = tmp_path / "clamd.sock", tmp_path / "clamd.conf"
    settings.write_text(f"DatabaseDirectory {signatures}\nLocalSocket {socket}\nForeground yes\nStreamMaxLength 25M\n")
    with subprocess.Popen(
        [CLAMD, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            scanner = ClamdScanner(f"unix://{socket}", seconds=20)
            for _ in range(600):
                if scanner.answers() or process.poll() is not None:
                    break
                time.sleep(0.05)
            assert scanner.answers()
            scanner.check(pdf())
            scanner.check(b"x" * 10_000_000)
            with pytest.raises(FileInfected):
                scanner.check(b"text " + EICAR)
            with pytest.raises(ScannerSilent):
                scanner.check(b"x" * 26_300_000)
        finally:
            process.terminate()
