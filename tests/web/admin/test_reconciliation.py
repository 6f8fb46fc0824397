"""The page of reconciliation: a file is read, a click settles what is proven, the rest is placed or closed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.acts.open_charge import open_charge
from engine.acts.receive_payment import receive_payment
from engine.rules.payments.reference import reference_of
from tests.installation.application import application
from tests.installation.payments import NUMBER, taking_payments, transfer
from tests.installation.runtime import NOW, runtime_over
from tests.installation.served import ServedInstallation
from tests.installation.trial_content import CENTRE, TRIAL
from tests.web.citizen.test_payment import ready
from tests.web.site import Site
from tests.web.visitor import Visitor
from web.app import register_pages

HERE = "/quan-tri/doi-soat"
HEAD = "Ngày giao dịch;Số tham chiếu;Số tài khoản;Số tiền;Nội dung\n"


@pytest.fixture
def paid_site(tmp_path: Path) -> Iterator[Site]:
    with TRIAL.copy("sqlite", tmp_path) as url:
        runtime = taking_payments(runtime_over(url, tmp_path, lambda: NOW, MOTCUA_SECOND_FACTOR="0"), CENTRE)
        installation = ServedInstallation(runtime, application(runtime, render_form=None, pages=register_pages))
        yield Site(installation)
        installation.close()


def charged(site: Site) -> tuple[str, str]:
    """The code of a dossier, and the reference of its charge."""
    code = ready(site)["code"]
    case = site.installation.try_act("counter", open_charge, code)
    return code, reference_of(case.id, 1)


def sent(visitor: Visitor, *lines: str) -> str:
    page = visitor.get(HERE)
    csrf = page.soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    key = page.soup.find("input", attrs={"name": "key"})["value"]  # type: ignore[index]
    content = io.BytesIO((HEAD + "".join(f"02/03/2026;{line}\n" for line in lines)).encode())
    answer = visitor.client.post(HERE, data={"csrf": csrf, "key": key, "file": (content, "ngay.csv")})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return visitor.get(HERE).text


def test_a_payment_that_nobody_told_is_settled_by_a_click(paid_site: Site) -> None:
    code, reference = charged(paid_site)
    visitor = paid_site.person("admin")
    text = sent(
        visitor, f"FT1;{NUMBER};50.000,00;CK {reference}", f"FT2;{NUMBER};7.000;ủng hộ", f"FT3;{NUMBER};-500;phí"
    )
    assert "Đã đọc: 3 giao dịch mới" in text and code in text
    page = visitor.get(HERE)
    done = visitor.submit(page, f"{HERE}/ghi-thu")
    assert done.location == HERE
    fees = paid_site.installation.person("counter").get(f"/api/v1/dossiers/{code}/fees").json
    assert fees["items"][0]["paid"] == 50_000
    assert "1 giao dịch khớp" in visitor.get(HERE).text


def test_what_nobody_can_place_is_placed_or_closed_with_a_reason(paid_site: Site) -> None:
    code, _ = charged(paid_site)
    visitor = paid_site.person("counter")  # of the office whose account it is
    sent(visitor, f"FT2;{NUMBER};50.000;ủng hộ", f"FT3;{NUMBER};-500;phí")
    line = visitor.get(f"{HERE}/dong?tk={NUMBER}&so=FT2")
    refused = visitor.submit(line, f"{HERE}/dong/xep", status=422, dossier="H-1", reason="x")
    assert "không có yêu cầu chuyển khoản" in refused.text
    assert visitor.submit(refused, f"{HERE}/dong/xep", dossier=code, reason="Đã hỏi người nộp").location == HERE
    closing = visitor.get(f"{HERE}/dong?tk={NUMBER}&so=FT3/out")
    assert visitor.submit(closing, f"{HERE}/dong/dong-lai", reason="Phí SMS").location == HERE
    assert "Không có khác biệt nào" in visitor.get(HERE).text
    paid_site.installation.try_act("system", receive_payment, "gateway", transfer("g1", "?", 9_000, NOW))
    assert "g1" in visitor.get(HERE).text
    waiting = visitor.get(f"{HERE}/cho/2")
    assert visitor.submit(waiting, f"{HERE}/cho", dossier=code, reason="Người nộp gọi").location == HERE


def test_it_is_for_the_office_of_the_account_and_administrators(paid_site: Site, site: Site) -> None:
    for who in ("far-counter", "nobody"):
        for path in (HERE, f"{HERE}/dong?tk=1&so=2", f"{HERE}/cho/1"):
            paid_site.person(who).get(path, status=403)
    assert "Không có khác biệt nào" in site.person("admin").get(HERE).text


def test_a_file_that_is_none_is_refused(paid_site: Site) -> None:
    visitor = paid_site.person("admin")
    page = visitor.get(HERE)
    csrf, key = (page.soup.find("input", attrs={"name": name})["value"] for name in ("csrf", "key"))  # type: ignore[index]
    for content in (b"", b"\xff\x00", b"PK\x03\x04"):
        sent_ = {"csrf": csrf, "key": key, "file": (io.BytesIO(content), "a.csv")}
        answer = visitor.client.post(HERE, data=sent_)
        assert 400 <= answer.status_code < 500 and "Không đọc được tệp của ngân hàng" in answer.get_data(as_text=True)
