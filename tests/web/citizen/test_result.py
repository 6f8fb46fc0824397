"""Taking the result from the page, and rating: both with the receipt code, each download written into the read log."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.store.journal import reads
from engine.store.ratings import ratings
from tests.web.site import Site
from tests.web.visitor import Visitor


def returned(site: Site) -> dict[str, Any]:
    """A dossier that is returned, with one result."""
    filed = site.installation.filed()
    code, counter = filed["code"], site.installation.person("counter")
    for who, action in (("counter", "forward"), ("specialist", "submit"), ("leader", "sign")):
        site.installation.act(who, code, action)
    version = site.installation.version_of(code)
    assert counter.put(f"/api/v1/dossiers/{code}/fees/fee", {"method": "cash"}, version=version).status_code == 200
    site.installation.act("counter", code, "return")
    return filed


def looked(site: Site) -> int:
    """How many reads of a result the log holds."""
    with site.installation.runtime.database.connect() as connection:
        return sum(row.what.startswith("result") for row in connection.execute(select(reads)))


def rated(site: Site) -> list[tuple[int, str | None]]:
    with site.installation.runtime.database.connect() as connection:
        return [(row.mark, row.words) for row in connection.execute(select(ratings))]


class TestDownloading:
    def test_without_a_file_the_page_says_where_to_collect(self, site: Site) -> None:
        filed = returned(site)
        page = site.applicant(filed).get(f"/h/{filed['code']}/ket-qua")
        assert "Chưa có tệp kết quả để tải" in page.text and not page.soup.find(id="receipt_code")

    def test_a_wrong_receipt_code_gives_nothing_and_leaves_no_trace(self, site: Site) -> None:
        filed = returned(site)
        visitor = site.applicant(filed)
        csrf = visitor.get(f"/h/{filed['code']}").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
        again = visitor.post(f"/h/{filed['code']}/ket-qua", status=404, csrf=csrf, receipt_code="AAAAA-BBBBB")
        assert "Mã hồ sơ hoặc mã biên nhận không đúng" in again.text and looked(site) == 0

    def test_what_has_no_file_is_refused_on_the_page(self, site: Site) -> None:
        filed = returned(site)
        visitor = site.applicant(filed)
        csrf = visitor.get(f"/h/{filed['code']}").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
        sent = {"csrf": csrf, "receipt_code": filed["receipt_code"]}
        assert "chưa có tệp kết quả" in visitor.post(f"/h/{filed['code']}/ket-qua", status=409, **sent).text

    def test_nobody_else_downloads(self, site: Site) -> None:
        filed = returned(site)
        site.nobody().post(f"/h/{filed['code']}/ket-qua", status=404, receipt_code=filed["receipt_code"])


class TestRating:
    def test_once_with_the_receipt_code(self, site: Site) -> None:
        filed = returned(site)
        visitor, path = site.applicant(filed), f"/h/{filed['code']}/danh-gia"
        page = visitor.get(f"/h/{filed['code']}")
        given = {"mark": "4", "words": "Bớt giấy tờ.", "receipt_code": filed["receipt_code"]}
        for _ in range(2):
            assert visitor.submit(page, path, **given).location == f"/h/{filed['code']}"
        assert rated(site) == [(4, "Bớt giấy tờ.")]
        said = visitor.get(f"/h/{filed['code']}")
        assert "Bạn đã đánh giá: Hài lòng" in said.text and not said.soup.find("form", action=path)

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"receipt_code": "AAAAA-BBBBB"}, 403),
            ({"mark": "9"}, 422),
            ({"mark": ""}, 422),
            ({"receipt_code": ""}, 422),
        ],
    )
    def test_what_is_wrong_is_said_and_the_words_are_kept(
        self, site: Site, change: dict[str, str], status: int
    ) -> None:
        filed = returned(site)
        visitor, path = site.applicant(filed), f"/h/{filed['code']}/danh-gia"
        given = {"mark": "4", "words": "Bớt giấy tờ.", "receipt_code": filed["receipt_code"], **change}
        again = visitor.submit(visitor.get(f"/h/{filed['code']}"), path, status=status, **given)
        words = again.soup.find(id="words")
        assert words is not None and words.get_text() == "Bớt giấy tờ." and again.soup.find(id="errors")
        assert rated(site) == []

    def test_not_while_it_is_worked_on(self, site: Site) -> None:
        filed = site.installation.filed()
        visitor: Visitor = site.applicant(filed)
        page = visitor.get(f"/h/{filed['code']}")
        assert not page.soup.find("form", action=f"/h/{filed['code']}/danh-gia")
        csrf = visitor.get(f"/h/{filed['code']}/thong-bao").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
        sent = {"csrf": csrf, "key": "k" * 20, "mark": "5", "receipt_code": filed["receipt_code"]}
        assert (
            "not-ended-yet" in visitor.post(f"/h/{filed['code']}/danh-gia", status=409, **sent).text
            or rated(site) == []
        )
