"""Forms and signed results over HTTP: byte for byte the paper that was issued, and a result that anybody can check."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from adapters.forms import render_form
from engine.acts.documents import add_document
from engine.store.documents import documents
from tests.installation.application import application
from tests.installation.filings import PDF
from tests.installation.served import ServedInstallation
from tests.installation.world import World
from verifier import motcua_result


@pytest.fixture
def served(world: World) -> ServedInstallation:
    return ServedInstallation(world.runtime, application(world.runtime, render_form=render_form))


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def pdf_of(served: ServedInstallation, code: str, number: str, more: str = "") -> bytes:
    answer = served.person("counter").get(f"/api/v1/dossiers/{code}/forms/{number}.pdf{more}")
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def signed(world: World) -> tuple[str, int]:
    code = world.land_at("signing")
    _, document = world.act("leader", add_document, code, key="ket_qua", content=PDF)
    world.do("leader", code, "sign")
    return code, document


class TestForms:
    def test_printed_again_are_the_same_bytes_after_the_result_was_signed(
        self, world: World, served: ServedInstallation
    ) -> None:
        code = world.land_at("checking")
        first = pdf_of(served, code, "01")
        world.do("specialist", code, "finish_review")
        world.act("leader", add_document, code, key="ket_qua", content=PDF)
        world.do("leader", code, "sign")
        world.at("2026-03-05 10:00")
        assert pdf_of(served, code, "01") == first == pdf_of(served, code, "01", "?issue=1")
        made = PdfReader(io.BytesIO(first)).metadata
        assert made is not None and made.creation_date is not None
        assert made.creation_date.astimezone(world.now.tzinfo).isoformat() == "2026-03-02T01:00:00+00:00"

    def test_carry_number_book_and_receipt_code_and_no_dots_for_them(
        self, world: World, served: ServedInstallation
    ) -> None:
        filed = world.file()
        world.do("counter", filed.case.code, "receive")
        text = words(pdf_of(served, filed.case.code, "01"))
        assert "Số: 1/TNHS" in text
        assert "Vào Sổ theo dõi hồ sơ, Quyển số: 2026, Số thứ tự: 1" in text
        assert f"Mã biên nhận: {filed.receipt_code}" in text
        looked = served.anyone().post(
            "/api/v1/status-lookups", {"code": filed.case.code, "receipt_code": filed.receipt_code}
        )
        assert looked.status_code == 200

    def test_issued_again_are_listed_with_the_one_that_they_replace(
        self, world: World, served: ServedInstallation
    ) -> None:
        code = world.land_at("accepted")
        counter, path = served.person("counter"), f"/api/v1/dossiers/{code}/forms"
        first = pdf_of(served, code, "01")
        again = counter.post(f"{path}/01/issues", {"reason": "sai họ tên"}, version=world.row(code)["version"])
        assert again.status_code == 201, again.text
        assert again.headers["Location"] == f"{path}/01.pdf?issue=2"
        assert again.headers["ETag"] == f'"{world.row(code)["version"]}"'
        listed = counter.get(path).json["items"]
        assert [(one["form"], one["issue"], one["number"], one["replaces"]) for one in listed] == [
            ("01", 1, "1/TNHS", None),
            ("01", 2, "2/TNHS", 1),
        ]
        second = pdf_of(served, code, "01")
        assert "Cấp lần 2, thay bản cấp lần 1 số 1/TNHS" in words(second)
        assert pdf_of(served, code, "01", "?issue=1") == first
        assert counter.get(f"{path}/01.pdf?issue=9").status_code == 404
        assert counter.get(f"{path}/01.pdf?issue=0").status_code == 422
        told = counter.get(f"/api/v1/dossiers/{code}/journal").json["items"][-1]
        assert (told["act"], told["reason"]) == ("issue_form", "sai họ tên")
        assert "Nguyễn" not in str(told["data"])

    def test_are_issued_only_where_they_can_be_printed(self, world: World) -> None:
        bare = ServedInstallation(world.runtime, application(world.runtime, render_form=None))
        code = world.land_at("accepted")
        answer = bare.person("counter").get(f"/api/v1/dossiers/{code}/forms/01.pdf")
        assert (answer.status_code, answer.json["code"]) == (503, "forms-unavailable")
        assert world.entries(code)[-1]["act"] != "issue_form"


class TestASignedResult:
    def test_comes_with_all_that_it_takes_to_check_it_elsewhere(
        self, world: World, served: ServedInstallation, tmp_path: Path
    ) -> None:
        code, document = signed(world)
        archive, key = fetched(served, code, document, tmp_path)
        checked = check(archive, "--certificate", str(key))
        assert (checked.returncode, checked.stderr) == (0, "")
        assert "nothing is wrong" in checked.stdout
        assert "NOTE" in check(archive).stdout
        with zipfile.ZipFile(archive) as inside:
            assert inside.read(f"ket_qua-{document}.pdf") == PDF
            inside.extractall(tmp_path)
        if shutil.which("openssl"):
            told = subprocess.run(OPENSSL, cwd=tmp_path, capture_output=True, text=True, check=False)
            assert "Signature Verified Successfully" in told.stdout, told.stderr

    @pytest.mark.parametrize("part", ["ket_qua", "signed-statement.txt", "by", "office", "value", "certificate"])
    def test_is_found_out_when_anything_was_changed(
        self, world: World, served: ServedInstallation, tmp_path: Path, part: str
    ) -> None:
        code, document = signed(world)
        archive, key = fetched(served, code, document, tmp_path)
        other = tmp_path / "other.zip"
        with zipfile.ZipFile(archive) as inside, zipfile.ZipFile(other, "w") as forged:
            for name in inside.namelist():
                forged.writestr(name, forge(name, part, inside.read(name)))
        assert check(other, "--certificate", str(key)).returncode == 1

    def test_signed_by_another_key_is_not_the_installations(
        self, world: World, served: ServedInstallation, tmp_path: Path
    ) -> None:
        code, document = signed(world)
        archive, _ = fetched(served, code, document, tmp_path)
        other = tmp_path / "other.pem"
        other.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
        assert check(archive, "--certificate", str(other)).returncode == 1
        assert check(tmp_path / "other.pem").returncode == 2

    def test_of_an_earlier_version_that_kept_no_statement_is_checked_as_well(
        self, world: World, served: ServedInstallation, tmp_path: Path
    ) -> None:
        code, document = signed(world)
        with world.database.begin() as connection:
            row = connection.execute(documents.select().where(documents.c.id == document)).mappings().one()
            old = {key: value for key, value in row["signature"].items() if key != "statement"}
            connection.execute(documents.update().where(documents.c.id == document).values(signature=old))
        archive, key = fetched(served, code, document, tmp_path)
        assert check(archive, "--certificate", str(key)).returncode == 0

    def test_is_read_by_those_with_a_part_alone_and_written_down(
        self, world: World, served: ServedInstallation
    ) -> None:
        code, document = signed(world)
        path = f"/api/v1/dossiers/{code}/documents"
        for who, status in (("monitor", 403), ("police", 404), ("counter", 200)):
            assert served.person(who).get(f"{path}/{document}/signed.zip").status_code == status
        with world.reading() as connection:
            assert connection.exec_driver_sql("SELECT what FROM reads").scalars().all() == [f"document-{document}"]
        first = served.person("counter").get(path).json["items"][0]["id"]
        unsigned = served.person("counter").get(f"{path}/{first}/signed.zip")
        assert (unsigned.status_code, unsigned.json["code"]) in ((409, "on-paper-only"), (409, "not-signed"))


OPENSSL = [
    *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "certificate.pem", "-rawin"),
    *("-in", "signed-statement.txt", "-sigfile", "signature.bin"),
]


def fetched(served: ServedInstallation, code: str, document: int, folder: Path) -> tuple[Path, Path]:
    """The archive and the published key, as files."""
    answer = served.person("counter").get(f"/api/v1/dossiers/{code}/documents/{document}/signed.zip")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ket_qua-{document}-signed.zip"'
    archive, key = folder / "signed.zip", folder / "published.pem"
    archive.write_bytes(answer.data)
    key.write_bytes(served.anyone().get("/api/v1/signing-certificate").data)
    return archive, key


def check(archive: Path, *more: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(Path(motcua_result.__file__)), str(archive), *more]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def forge(name: str, part: str, content: bytes) -> bytes:
    if name.startswith(part):
        return content.replace(b"1 0 obj", b"2 0 obj").replace(b"staff:", b"staff:1")
    if name != "signature.json" or part in ("ket_qua", "signed-statement.txt"):
        return content
    old: dict[str, Any] = {"by": b'"by": "staff:', "office": b'"office": "', "value": b'"value": "'}
    wanted = old.get(part, b"BEGIN PUBLIC KEY-----\\n")
    assert wanted in content
    return content.replace(wanted, wanted + (b"1" if part == "by" else b"A"))
