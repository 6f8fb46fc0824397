"""Messages between office and applicant: two ways, told to the other side, read or not."""

from __future__ import annotations

from tests.web.site import Site


def test_messages_go_both_ways_and_each_side_sees_whether_they_were_read(both_sites: Site) -> None:
    site = both_sites
    filed = site.installation.filed()
    code = str(filed["code"])
    clerk, applicant = site.person("counter"), site.applicant(filed)
    clerk.submit(
        clerk.get(f"/ho-so/{code}/lam/message"), f"/ho-so/{code}/messages", text="Mời mang bản chính <b>CCCD</b>"
    )
    assert "chưa đọc" in clerk.get(f"/ho-so/{code}").soup.select_one("#tin-nhan").get_text()  # type: ignore[union-attr]
    page = applicant.get(f"/h/{code}/tin-nhan")
    assert "Mời mang bản chính <b>CCCD</b>" in page.text and "Người counter" not in page.text
    applicant.submit(page, f"/h/{code}/tin-nhan/da-doc")
    told = clerk.get(f"/ho-so/{code}").soup.select_one("#tin-nhan").get_text()  # type: ignore[union-attr]
    assert "đã đọc" in told and "chưa đọc" not in told
    written = applicant.submit(applicant.get(f"/h/{code}/tin-nhan"), f"/h/{code}/tin-nhan", text="Chiều tôi đến")
    assert "cơ quan chưa đọc" in applicant.follow(written).text
    assert any(one["dossier"] == code for one in site.installation.person("counter").get("/api/v1/inbox").json["items"])
    clerk.submit(clerk.get(f"/ho-so/{code}"), f"/ho-so/{code}/messages/read")
    assert "cơ quan đã đọc" in applicant.get(f"/h/{code}/tin-nhan").text


def test_a_message_is_written_once_never_empty_and_never_after_the_end(site: Site) -> None:
    filed = site.installation.filed()
    code, applicant = str(filed["code"]), site.applicant(filed)
    form = applicant.get(f"/h/{code}/tin-nhan")
    applicant.submit(form, f"/h/{code}/tin-nhan", status=422, text="  ")
    for _ in range(2):
        applicant.submit(form, f"/h/{code}/tin-nhan", text="Một lần")
    assert applicant.get(f"/h/{code}/tin-nhan").text.count("Một lần") == 1
    withdrawal = site.person("counter").get(f"/ho-so/{code}/lam/withdraw")
    site.person("counter").submit(withdrawal, f"/ho-so/{code}/withdrawals", reason="x", paper="đơn")
    assert applicant.get(f"/h/{code}/tin-nhan").soup.select_one("textarea") is None
    applicant.submit(form, f"/h/{code}/tin-nhan", status=409, text="Hai", key="k" * 24)


def test_another_dossiers_applicant_reads_nothing(site: Site) -> None:
    code = str(site.installation.filed()["code"])
    other = site.installation.filed(applicant={"kind": "citizen", "name": "Người khác"})
    site.applicant(other).get(f"/h/{code}/tin-nhan", status=404)
    site.person("other-counter").get(f"/ho-so/{code}/lam/message", status=404)
