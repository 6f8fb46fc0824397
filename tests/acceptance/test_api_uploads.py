"""Uploads over HTTP: bounds for both sides, the scanner, and no status of 500 for any bytes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.clamd import ClamdScanner
from tests.clamd_double import EICAR, clamd_double
from tests.file_samples import archive, docx, jpeg, odt, pdf, png, xlsx
from tests.installation.served import ServedInstallation, served_copy

WHOLE = {"pdf": pdf(), "jpg": jpeg(), "png": png(), "docx": docx(), "xlsx": xlsx(), "odt": odt()}


def upload(installation: ServedInstallation, code: str, content: bytes, name: str, key: str) -> Any:
    body = {"key": "card", "file": (io.BytesIO(content), name)}
    where = f"/api/v1/dossiers/{code}/documents"
    return installation.person("counter").post(where, data=body, content_type="multipart/form-data", key=key)


def asked(installation: ServedInstallation) -> tuple[str, str]:
    filed = installation.filed()
    installation.act("counter", filed["code"], "forward")
    installation.act("specialist", filed["code"], "ask", reason="Thiếu bản sao")
    return filed["code"], f"/api/v1/status/{filed['link_token']}/documents"


def send(installation: ServedInstallation, where: str, key: str) -> Any:
    body = {"key": "other", "file": (io.BytesIO(pdf()), "a.pdf")}
    return installation.anyone().post(where, data=body, content_type="multipart/form-data", key=key)


def test_the_link_takes_so_much_for_one_request_and_the_clerk_goes_on(tmp_path: Path) -> None:
    installation = served_copy(tmp_path, MOTCUA_MAX_ASKED_PAPERS="2")
    code, where = asked(installation)
    assert [send(installation, where, str(number)).status_code for number in range(2)] == [201, 201]
    version = installation.version_of(code)
    refused = send(installation, where, "third")
    assert (refused.status_code, refused.json["code"]) == (409, "too-many-papers")
    path = f"/api/v1/dossiers/{code}/actions"
    assert installation.person("counter").post(path, {"action": "answer"}, version=version).status_code == 200


def test_bytes_are_bounded_for_the_link_and_for_staff(tmp_path: Path) -> None:
    installation = served_copy(tmp_path, MOTCUA_MAX_ASKED_BYTES="1000", MOTCUA_MAX_STEP_BYTES="1000")
    assert 2 * len(pdf()) < 1000 < 3 * len(pdf())
    code, where = asked(installation)
    sent = [send(installation, where, str(number)) for number in range(3)]
    added = [upload(installation, code, pdf(), "a.pdf", str(number)) for number in range(3)]
    for answers in (sent, added):
        assert [one.status_code for one in answers] == [201, 201, 409]
        assert answers[-1].json["code"] == "papers-too-large"


def test_an_infected_file_is_refused_and_a_silent_scanner_takes_none(tmp_path: Path) -> None:
    with clamd_double(tmp_path) as clamd:
        (tmp_path / "data").mkdir()
        installation = served_copy(tmp_path / "data", MOTCUA_CLAMD=clamd.address)
        runtime = replace(installation.runtime, scanner=ClamdScanner(clamd.address, seconds=0.5))
        installation.app.extensions["motcua"] = replace(installation.app.extensions["motcua"], runtime=runtime)
        code = installation.filed()["code"]
        infected = pdf(b"<< /Title (" + EICAR.replace(b"(", b"\\(", 0) + b") >>")
        found = upload(installation, code, infected, "a.pdf", "a")
        assert (found.status_code, found.json["code"]) == (422, "file-infected")
        assert upload(installation, code, pdf(), "a.pdf", "b").status_code == 201
        assert "warnings" not in installation.anyone().get("/readyz").json
        clamd.manner = "closes"
        silent = upload(installation, code, pdf(), "a.pdf", "c")
        assert (silent.status_code, silent.json["code"]) == (503, "scanner-silent")
        ready = installation.anyone().get("/readyz")
        assert (ready.status_code, ready.json["warnings"][0]["code"]) == (200, "scanner-silent")
        clamd.manner = "well"
        assert upload(installation, code, pdf(), "a.pdf", "c").status_code == 201


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> ServedInstallation:
    folder = tmp_path_factory.mktemp("uploads")
    return served_copy(folder, MOTCUA_MAX_STEP_PAPERS="100000", MOTCUA_MAX_DOSSIER_PAPERS="100000")


@pytest.fixture(scope="module")
def code(installation: ServedInstallation) -> str:
    return str(installation.filed()["code"])


@pytest.mark.parametrize("ending", WHOLE)
def test_every_kind_is_taken_and_comes_back(installation: ServedInstallation, code: str, ending: str) -> None:
    sent = upload(installation, code, WHOLE[ending], f"a.{ending}", f"whole-{ending}")
    assert sent.status_code == 201, sent.text
    assert installation.person("counter").get(sent.headers["Location"]).data == WHOLE[ending]


@pytest.mark.parametrize(
    "content",
    [
        archive({"[Content_Types].xml": b"<Types/>" * 50, "word/document.xml": b"<w/>" * 90}, zipfile.ZIP_LZMA),
        archive({"[Content_Types].xml": b"<Types/>" * 50, "word/document.xml": b"<w/>" * 90}, zipfile.ZIP_BZIP2),
        docx(),
    ],
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(spoilt=st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), max_size=4))
def test_no_damage_is_an_error_of_the_server(
    installation: ServedInstallation, code: str, content: bytes, spoilt: list[tuple[int, int]]
) -> None:
    damaged = bytearray(content)
    for at, value in spoilt:
        damaged[at % len(damaged)] = value
    key = f"{len(content)}-{hash(bytes(damaged))}"
    assert upload(installation, code, bytes(damaged), "a.docx", key).status_code in (201, 422)
