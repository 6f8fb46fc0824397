"""Counter intake in one page: what is typed is kept and computed on, and files one dossier; without scripts."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import event, select

from engine.store.dossiers import applicants, dossiers
from engine.store.intake_drafts import intake_drafts
from engine.store.journal import journal, journal_private, reads
from tests.installation.filings import PDF
from tests.installation.trial_content import AUTHORITY, SAIGON
from tests.web.site import Site
from tests.web.visitor import Page, Visitor

AT = "/quay/tiep-nhan"
CARD = "079300012345||Nguyễn Thị Đào|04111990|Nữ|12 Lê Lợi, Phường Sài Gòn|05072021"
COMPLETE: dict[str, Any] = {
    "procedure": "1.000001",
    "card": CARD,
    "applicant.phone": "0901234567",
    "fields.land.commune": SAIGON,
    "papers.form.tick": "on",
    "papers.card.tick": "on",
}


def post(clerk: Visitor, page: Page, to: str, status: int = 303, **fields: Any) -> Page:
    """Posts the hidden fields of the form with these texts, as a browser would from this page."""
    hidden = {str(one["name"]): str(one.get("value", "")) for one in page.form(AT).find_all("input", type="hidden")}
    return clerk.post(to, status=status, **{**hidden, **fields})


def typed(clerk: Visitor, **fields: Any) -> Page:
    """The page after the form was kept with these texts."""
    return clerk.get(post(clerk, clerk.get(AT), f"{AT}/nhap", **fields).location)


def value(page: Page, name: str) -> str:
    """What stands in a field of the page."""
    found = page.soup.find(id=name)
    assert found is not None, name
    return str(found.get("value", ""))  # type: ignore[union-attr]  # an element


def codes(site: Site) -> list[str]:
    with site.installation.reading() as connection:
        return [str(row.code) for row in connection.execute(select(dossiers.c.code).order_by(dossiers.c.id))]


def test_the_page_is_for_those_who_receive(site: Site) -> None:
    assert site.person("counter").get(AT).soup.h1 is not None
    for who in ("specialist", "leader", "monitor", "nobody", "admin"):
        assert "no-counter" in site.person(who).get(AT, status=403).text
    assert site.nobody().get(AT, status=303).location.startswith("/dang-nhap")


@pytest.mark.parametrize("path", ["", "/xem", "/nhap", "/nhap/bo", "/tep/bo", "/so", "/nguoi-da-biet"])
def test_what_the_form_does_needs_its_token_and_its_method(site: Site, path: str) -> None:
    clerk = site.person("counter")
    hidden = {str(one["name"]): str(one["value"]) for one in clerk.get(AT).form(AT).find_all("input", type="hidden")}
    page = clerk.post(AT + path, status=403, **{**hidden, **COMPLETE, "csrf": "AAAA"})
    assert "foreign-request" in page.text
    if path:
        clerk.get(AT + path, status=405)
    site.person("specialist").post(AT + path, status=403, **hidden)
    assert codes(site) == []


@pytest.mark.parametrize("words", ["1.000001", "xac nhan", "THỬ NGHIỆM", "tn", "trial"])
def test_a_procedure_is_found_by_code_or_words_without_accents(site: Site, words: str) -> None:
    page = typed(site.person("counter"), procedure=words)
    assert value(page, "procedure") == "1.000001 Xác nhận thử nghiệm"


def test_words_that_fit_nothing_say_so(site: Site) -> None:
    page = typed(site.person("counter"), procedure="cap phep bay")
    assert "Không có thủ tục nào phù hợp" in page.text and value(page, "procedure") == "cap phep bay"


def test_the_text_of_a_card_fills_six_fields_from_any_field(site: Site) -> None:
    for name in ("card", "applicant.name"):
        page = typed(site.person("counter"), procedure="1.000001", **{name: CARD})
        got = {one: value(page, f"applicant.{one}") for one in ("identity_number", "name", "born", "address", "issued")}
        assert got == {
            "identity_number": "079300012345",
            "name": "Nguyễn Thị Đào",
            "born": "04/11/1990",
            "address": "12 Lê Lợi, Phường Sài Gòn",
            "issued": "05/07/2021",
        }
        chosen = page.soup.select_one("[id='applicant.sex'] option[selected]")
        assert chosen is not None and chosen["value"] == "female"
        assert value(page, "card") == "" and "Phường Sài Gòn, Thành phố Hồ Chí Minh" in page.text


def test_a_text_that_is_no_card_is_kept_and_told(site: Site) -> None:
    page = typed(site.person("counter"), procedure="1.000001", card="079300012345||Đào|04131990|Nữ|x|05072021")
    assert value(page, "card").startswith("079300012345||") and "không phải ngày có thật" in page.text
    assert value(page, "applicant.name") == ""


def test_fee_due_moment_papers_and_offices_are_told_while_typing(site: Site) -> None:
    page = typed(site.person("counter"), **{**COMPLETE, "papers.card.tick": ""})
    for told in ("09:00 thứ Hai 09/03/2026", "nghỉ hằng tuần", "50.000", "1 trong 2 đã đủ", "Thiếu 1 giấy tờ"):
        assert told in page.text, told
    assert "tiếp nhận không phụ thuộc địa giới" in page.text and "UBND 26740" in page.text
    english = site.person("counter").get(f"{AT}?nhap={value_of_draft(page)}", lang="en").text
    assert "1 of 2 complete" in english and "Mon 9 Mar 2026" in english


def value_of_draft(page: Page) -> str:
    found = page.form(AT).find("input", attrs={"name": "draft"})
    return str(found["value"])  # type: ignore[index]  # an element


def test_looking_ahead_keeps_nothing(site: Site) -> None:
    clerk = site.person("counter")
    page = post(clerk, clerk.get(AT), f"{AT}/xem", status=200, **COMPLETE)
    assert "09/03/2026" in page.text
    with site.installation.reading() as connection:
        assert connection.execute(select(intake_drafts.c.token)).all() == []


def test_receiving_opens_one_dossier_and_shows_form_01(both_sites: Site) -> None:
    clerk = both_sites.person("counter")
    page = typed(clerk, **COMPLETE)
    done = clerk.submit(page, AT, act="receive")
    (code,) = codes(both_sites)
    assert done.location == f"{AT}/{code}/bien-nhan"
    shown = clerk.follow(done)
    assert f"Đã tiếp nhận hồ sơ {code}" in shown.text and "GIẤY TIẾP NHẬN HỒ SƠ" in shown.text
    assert shown.soup.select_one("svg.qr path") is not None
    printed = re.search(r"/h/(\S+)", shown.text)
    assert printed is not None and both_sites.nobody().get(f"/h/{printed[1]}", status=303).location == f"/h/{code}"
    with both_sites.installation.reading() as connection:
        row = connection.execute(select(dossiers, applicants).join(applicants)).mappings().one()
        acts = [one.act for one in connection.execute(select(journal.c.act).order_by(journal.c.number))]
        seen = connection.execute(select(reads.c.what)).scalars().all()
    assert (row["state"], row["handler_office"], row["name"]) == ("accepted", AUTHORITY, "Nguyễn Thị Đào")
    assert row["commune"] == SAIGON and acts == ["file", "receive", "issue_form"] and seen == ["form-01"]


def test_a_double_click_a_reload_and_the_back_button_give_one_dossier(site: Site) -> None:
    clerk = site.person("counter")
    page = typed(clerk, **COMPLETE)
    first = clerk.submit(page, AT, act="receive")
    assert clerk.submit(page, AT, act="receive").location == first.location
    changed = clerk.submit(page, AT, status=303, act="receive", key="another-key-of-the-form", note="x")
    assert changed.location == first.location and "không nộp lần nữa" in clerk.follow(changed).text
    assert clerk.get(f"{AT}?nhap={value_of_draft(page)}", status=303).location == first.location
    assert len(codes(site)) == 1
    assert "Đã tiếp nhận" not in clerk.get(AT).text  # what was told once is not told again


def test_what_is_wrong_is_told_at_once_and_everything_typed_is_kept(site: Site) -> None:
    clerk = site.person("counter")
    page = typed(clerk, procedure="1.000001")
    fields = {"applicant.phone": "12", "applicant.email": "x", "fields.purpose": "vay <vốn>", "fields.land.commune": ""}
    refused = clerk.submit(page, AT, status=422, act="receive", **fields)
    summary = refused.soup.find(id="errors")
    assert summary is not None
    links = [str(one["href"]) for one in summary.find_all("a")]
    assert set(links) == {"#applicant.name", "#applicant.email", "#applicant.phone", "#fields.land.commune"}
    assert links.index("#applicant.name") < links.index("#fields.land.commune")
    assert all(refused.soup.find(id=one.removeprefix("#")) is not None for one in links)
    assert (value(refused, "applicant.phone"), value(refused, "fields.purpose")) == ("12", "vay <vốn>")
    assert refused.soup.title is not None and refused.soup.title.get_text().startswith("Lỗi")
    assert codes(site) == []


def test_files_are_kept_when_the_form_is_refused_and_become_papers(site: Site) -> None:
    clerk = site.person("counter")
    page = typed(clerk, procedure="1.000001", card=CARD)
    file = {"papers.form.file": (io.BytesIO(PDF), "tờ khai <1>.pdf")}
    refused = clerk.submit(page, AT, status=422, act="receive", **file)
    assert "tờ khai <1>.pdf" in refused.text
    fields = {"fields.land.commune": SAIGON, "papers.card.tick": "on", "act": "receive"}
    done = clerk.submit(refused, AT, **fields)
    told = site.person("counter").get(done.location).text
    assert "Tờ khai" in told and len(codes(site)) == 1


def test_a_file_is_taken_off(site: Site) -> None:
    clerk = site.person("counter")
    page = typed(clerk, procedure="1.000001", **{"papers.form.file": (io.BytesIO(PDF), "nhầm.pdf")})
    button = page.soup.find("button", attrs={"name": "tep"})
    assert button is not None
    after = clerk.follow(post(clerk, page, f"{AT}/tep/bo", procedure="1.000001", tep=button["value"]))  # type: ignore[index]
    assert "nhầm.pdf" not in after.text


def test_a_draft_is_listed_resumed_and_discarded_by_its_clerk_alone(site: Site) -> None:
    clerk = site.person("counter")
    page = typed(clerk, procedure="1.000001", **{"applicant.name": "Trần <b>Đang Dở"})
    assert "Trần <b>Đang Dở" in clerk.get(AT).text
    resumed = clerk.get(f"{AT}?nhap={value_of_draft(page)}")
    assert value(resumed, "applicant.name") == "Trần <b>Đang Dở"
    other = site.person("other-counter")
    assert "Đang Dở" not in other.get(AT).text
    other.get(f"{AT}?nhap={value_of_draft(page)}", status=404)
    assert "Đã xóa bản nháp" in clerk.follow(post(clerk, resumed, f"{AT}/nhap/bo")).text
    assert "Đang Dở" not in clerk.get(AT).text


def test_somebody_known_is_shown_and_fills_the_form_with_a_trace(site: Site) -> None:
    site.installation.filed()
    clerk = site.person("counter")
    page = typed(clerk, procedure="1.000001", **{"applicant.identity_number": "079300012345"})
    assert "Đã nộp hồ sơ trước đây" in page.text and "0901234567" not in str(page.soup)
    button = page.soup.find("button", attrs={"name": "nguon"})
    fields = {"procedure": "1.000001", "applicant.identity_number": "079300012345"}
    source = str(button["value"])  # type: ignore[index]
    filled = clerk.follow(post(clerk, page, f"{AT}/nguoi-da-biet", nguon=source, **fields))
    assert value(filled, "applicant.phone") == "0901234567" and value(filled, "applicant.name") == "Nguyễn Thị Đào"
    with site.installation.reading() as connection:
        assert "applicant" in connection.execute(select(reads.c.what)).scalars().all()
    page = typed(site.person("far-counter"), **fields)
    assert "Đã nộp hồ sơ trước đây" not in page.text
    post(site.person("far-counter"), page, f"{AT}/nguoi-da-biet", status=404, nguon=source, **fields)


def test_the_same_filing_twice_is_hinted_with_its_link(site: Site) -> None:
    first = site.installation.filed()["code"]
    fields = {**COMPLETE, "fields.purpose": "vay vốn", "fields.father": "Nguyễn Văn Cha"}
    page = typed(site.person("counter"), **fields)
    assert page.soup.select_one(f"#trung a[href='/ho-so/{first}']") is not None


def test_a_representative_needs_an_authority(site: Site) -> None:
    clerk = site.person("counter")
    fields = {**COMPLETE, "representative": "on", "representative.name": "Lê Văn Thay"}
    refused = clerk.submit(typed(clerk, **fields), AT, status=422, act="receive")
    assert "#representative.authority" in str(refused.soup.find(id="errors"))
    clerk.submit(refused, AT, act="receive", **{"representative.authority": "Giấy ủy quyền 12/2026"})
    with site.installation.reading() as connection:
        assert "add_party" in connection.execute(select(journal.c.act)).scalars().all()


def test_a_dossier_is_refused_with_a_reason_and_form_03(site: Site) -> None:
    clerk = site.person("counter")
    page = typed(clerk, **COMPLETE)
    assert "reason-required" not in page.text
    clerk.submit(page, AT, status=422, act="refuse")
    done = clerk.submit(page, AT, act="refuse", reason="Không thuộc thẩm quyền")
    told = clerk.follow(done).text
    assert "PHIẾU TỪ CHỐI" in told and "Không thuộc thẩm quyền" in told and "GIẤY TIẾP NHẬN" not in told
    page = typed(clerk, **COMPLETE)
    clerk.submit(page, AT, status=422, act="forward")


def test_the_next_number_is_called_and_kept_with_the_dossier(site: Site) -> None:
    clerk = site.person("counter")
    page = clerk.follow(post(clerk, clerk.get(AT), f"{AT}/so", procedure="1.000001", card=CARD))
    assert "001" in page.text and value(page, "applicant.name") == "Nguyễn Thị Đào"
    again = clerk.follow(post(clerk, clerk.get(AT), f"{AT}/so"))
    assert "002" in again.text
    rest = {name: text for name, text in COMPLETE.items() if name not in ("card", "procedure")}
    clerk.submit(page, AT, act="receive", **rest)
    with site.installation.reading() as connection:
        body = connection.execute(select(journal.c.body).where(journal.c.act == "file")).scalar_one()
        private = connection.execute(select(journal_private.c.data)).scalars().first()
    assert '"queue":"001"' in body
    assert private is not None and private["card"]["born"] == "04/11/1990"


def test_a_place_may_be_typed_and_a_wrong_one_is_told(site: Site) -> None:
    clerk = site.person("counter")
    page = typed(clerk, **{**COMPLETE, "fields.land.commune": "phuong sai gon"})
    assert "UBND 26740" in page.text
    page = typed(clerk, **{**COMPLETE, "fields.land.commune": "làng không có"})
    assert "Không nhận ra" in page.text
    assert "#fields.land.commune" in str(clerk.submit(page, AT, status=422, act="receive").soup.find(id="errors"))


def test_nobody_else_sees_the_receipt(site: Site) -> None:
    clerk = site.person("counter")
    done = clerk.submit(typed(clerk, **COMPLETE), AT, act="receive")
    site.person("far-counter").get(done.location, status=404)
    shown = site.person("specialist").get(done.location)
    assert "Mã biên nhận" not in shown.text and "/h/" not in str(shown.soup) and "một giờ" in shown.text


@pytest.mark.parametrize(("path", "most"), [("", 8), ("?nhap={draft}", 14)])
def test_the_page_asks_few_statements(site: Site, path: str, most: int) -> None:
    site.installation.filed()
    clerk = site.person("counter")
    page = typed(clerk, **COMPLETE)
    address = AT + path.format(draft=value_of_draft(page))
    clerk.get(address)
    asked: list[str] = []
    engine = site.installation.runtime.database
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    clerk.get(address)
    assert 1 <= len(asked) <= most, asked


def test_the_contacts_of_another_person_are_not_filled_in(site: Site) -> None:
    code = site.installation.filed()["code"]
    clerk = site.person("counter")
    fields = {"procedure": "1.000001", "applicant.identity_number": "079300054321", "nguon": code}
    post(clerk, clerk.get(AT), f"{AT}/nguoi-da-biet", status=404, **fields)
    with site.installation.reading() as connection:
        assert connection.execute(select(reads.c.what)).scalars().all() == []
