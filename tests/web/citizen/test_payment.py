"""Paying by transfer on the page of a dossier: a code without any script, what came in, what goes back; light."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp

from engine.acts.receive_payment import receive_payment
from engine.store.fees import fee_entries
from tests.installation.application import application
from tests.installation.payments import NUMBER, taking_payments, transfer
from tests.installation.runtime import NOW, runtime_over
from tests.installation.served import ServedInstallation
from tests.installation.trial_content import CENTRE, TRIAL
from tests.unit.test_vietqr import photographed, read_back
from tests.web.site import Site
from web.app import register_pages
from web.qr import Qr

FEE = 50_000


@pytest.fixture
def paid_site(tmp_path: Path) -> Iterator[Site]:
    with TRIAL.copy("sqlite", tmp_path) as url:
        runtime = taking_payments(runtime_over(url, tmp_path, lambda: NOW, MOTCUA_SECOND_FACTOR="0"), CENTRE)
        installation = ServedInstallation(runtime, application(runtime, render_form=None, pages=register_pages))
        yield Site(installation)
        installation.close()


def ready(site: Site) -> dict[str, Any]:
    """A dossier whose result waits, and whose fee is paid at the return."""
    filed = site.installation.filed()
    for who, action in (("counter", "forward"), ("specialist", "submit"), ("leader", "sign")):
        site.installation.act(who, filed["code"], action)
    return filed


def drawn(page: Any) -> dict[str, str]:
    """What a telephone reads from the picture on the page."""
    picture = page.soup.find("svg", class_="pic-qr")
    size = int(picture["viewbox"].split()[2] if "viewbox" in picture.attrs else picture["viewBox"].split()[2])
    found = zxingcpp.read_barcodes(photographed(Qr(picture.find_all("path")[-1]["d"], size)))
    return read_back(found[0].text)


def test_a_code_is_there_after_one_click_and_names_amount_and_dossier(paid_site: Site) -> None:
    filed = ready(paid_site)
    visitor, path = paid_site.applicant(filed), f"/h/{filed['code']}"
    page = visitor.get(path)
    assert page.soup.find("svg", class_="pic-qr") is None and "50.000" in page.text
    done = visitor.submit(page, f"{path}/nop-phi")
    assert done.location == f"{path}#chuyen-khoan"
    for lang, word in (("vi", "Đang chờ tiền."), ("en", "Waiting for the money.")):
        page = visitor.get(path, lang=lang)
        told = drawn(page)
        assert (told["38.01.01"], told["54"]) == (NUMBER, str(FEE))
        assert told["62.08"] in page.text and word in page.text
        assert "<script" not in page.text
        assert len(gzip.compress(page.text.encode())) < 15_000
    notice = visitor.get(f"{path}/nop-phi")
    assert drawn(notice)["54"] == str(FEE) and "<script" not in notice.text


def test_what_came_in_stands_there_in_both_languages(paid_site: Site) -> None:
    filed = ready(paid_site)
    visitor, path = paid_site.applicant(filed), f"/h/{filed['code']}"
    visitor.submit(visitor.get(path), f"{path}/nop-phi")
    reference = drawn(visitor.get(path))["62.08"]
    for key, vnd in (("t1", FEE), ("t2", FEE)):
        paid = transfer(key, reference, vnd, NOW + dt.timedelta(minutes=3))
        paid_site.installation.try_act("system", receive_payment, "gateway", paid)
    told = re.sub(r"\s+", " ", visitor.get(path, lang="vi").soup.get_text(" "))
    assert "Đã nhận" in told and "nộp hai lần" in told and "được hoàn lại" in told
    told = re.sub(r"\s+", " ", visitor.get(path, lang="en").soup.get_text(" "))
    assert "received at" in told and "paid twice" in told and "will be paid back" in told


def test_an_office_without_an_account_offers_nothing(site: Site) -> None:
    filed = ready(site)
    visitor, path = site.applicant(filed), f"/h/{filed['code']}"
    page = visitor.get(path)
    assert "chuyen-khoan" not in page.text
    csrf = page.soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    visitor.post(f"{path}/nop-phi", status=409, csrf=csrf, key="k" * 24)
    with site.installation.reading() as connection:
        assert connection.execute(fee_entries.select()).all() == []


def test_the_desk_prints_the_notice(paid_site: Site) -> None:
    filed = ready(paid_site)
    visitor, code = paid_site.person("counter"), filed["code"]
    form = visitor.get(f"/ho-so/{code}/lam/charge")
    done = visitor.submit(form, f"/ho-so/{code}/charges")
    assert done.location == f"/ho-so/{code}/thong-bao-phi"
    assert drawn(visitor.get(done.location))["54"] == str(FEE)
