"""The page that checks a printed result: genuine, by whom, when; revoked, replaced; a file is compared and not kept."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.documents import add_document
from engine.acts.recall import recall
from engine.acts.settle_fee import settle_fee
from engine.acts.sign_dossier import sign_dossier
from engine.security.citizen_link import link_token
from engine.store.documents import documents
from tests.installation.application import application
from tests.installation.filings import PDF
from tests.web.desk.conftest import Office
from tests.web.visitor import Visitor
from web.app import register_pages

_HASH = hashlib.sha256(PDF).hexdigest()
OTHER = PDF + b"\n%%second\n"


def signed(office: Office, code: str | None = None, content: bytes = PDF) -> tuple[str, str]:
    """A dossier whose result is signed, and the token of the result."""
    code = code or office.world.land_at("signing")
    office.world.act("leader", add_document, code, key="ket_qua", content=content, file_name="giấy.pdf")
    office.world.act("leader", sign_dossier, code, "sign", sha256=hashlib.sha256(content).hexdigest())
    with office.world.reading() as connection:
        wanted = select(documents.c.signature).where(documents.c.sha256 == hashlib.sha256(content).hexdigest())
        return code, str(connection.execute(wanted.order_by(documents.c.id.desc())).scalars().first()["check"])  # type: ignore[index]


def everything(office: Office) -> Any:
    return office.world.everything()


def test_a_genuine_result_is_shown_with_who_when_and_what_and_nothing_personal(office: Office) -> None:
    code, token = signed(office)
    before = everything(office)
    page = office.nobody().get(f"/kiem-tra/{token}")
    assert "Kết quả này là thật và còn giá trị" in page.text
    assert code in page.text and "leader" in page.text and "Giấy chứng nhận mới" in page.text
    assert "Nguyễn Văn Mẫu" not in page.text and "075090000001" not in page.text
    assert len(page.response.data) < 50_000
    assert "This result is genuine and stands" in office.nobody().get(f"/kiem-tra/{token}", lang="en").text
    assert everything(office) == before


def test_a_recalled_one_is_revoked_and_one_that_was_signed_again_is_replaced(office: Office) -> None:
    code, token = signed(office)
    office.world.act("leader", recall, code, None, "Sai tên")
    assert "Kết quả này đã bị hủy" in office.nobody().get(f"/kiem-tra/{token}").text
    _, later = signed(office, code, OTHER)
    assert "đã được thay bằng bản mới" in office.nobody().get(f"/kiem-tra/{token}").text
    assert "còn giá trị" in office.nobody().get(f"/kiem-tra/{later}").text


def test_a_file_is_compared_and_not_kept(office: Office) -> None:
    _, token = signed(office)
    visitor, files = office.nobody(), office.world.runtime.settings.data / "files"
    page, before = visitor.get(f"/kiem-tra/{token}"), everything(office)
    kept = sorted(path.name for path in Path(files).rglob("*"))

    def compared(content: bytes) -> str:
        return str(visitor.submit(page, f"/kiem-tra/{token}", tep=(io.BytesIO(content), "giấy.pdf"), status=200).text)

    assert "Tệp giống hệt bản đã ký" in compared(PDF)
    other = compared(PDF[:-2] + b"x\n")
    assert "Tệp bạn gửi không phải bản đã ký" in other and "Kết quả này là thật" not in other
    assert "chọn một tệp" in visitor.submit(page, f"/kiem-tra/{token}", status=422).text
    assert everything(office) == before
    assert sorted(path.name for path in Path(files).rglob("*")) == kept


@pytest.mark.parametrize("token", ["a" * 32, "A" * 32, "x", "é" * 32, "a" * 31 + "-"])
def test_an_unknown_token_tells_nothing(office: Office, token: str) -> None:
    page = office.nobody().get(f"/kiem-tra/{token}", status=404)
    assert "no-such-result" in page.text or "not-found" in page.text


def test_guessing_is_limited(office: Office) -> None:
    runtime = office.world.runtime
    limited = replace(runtime, settings=replace(runtime.settings, rate_limits=True))
    visitor = Visitor(application(limited, pages=register_pages))
    for _ in range(60):
        visitor.get(f"/kiem-tra/{'a' * 32}", status=404)
    visitor.get(f"/kiem-tra/{'a' * 32}", status=429)


def test_the_citizen_sees_the_signature_in_words_and_the_way_to_the_page(office: Office) -> None:
    code, token = signed(office)
    with office.world.reading() as connection:
        nonce = connection.exec_driver_sql(f"SELECT link_nonce FROM dossiers WHERE code = '{code}'").scalar_one()
    link = link_token(office.world.runtime.settings.secret_keys[0], nonce)
    for key in office.world.fees(code):
        office.world.act("counter", settle_fee, code, key, "cash", "BL-02")
    page = office.applicant({"link_token": link}).get(f"/h/{code}/ket-qua")
    assert "Chữ ký trên “Giấy chứng nhận mới”" in page.text and "không phải chữ ký số cá nhân" in page.text
    assert f"/kiem-tra/{token}" in str(page.soup)
