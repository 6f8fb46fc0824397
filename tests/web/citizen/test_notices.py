"""Choosing notices: all, one channel, or none; never those that ask something."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.store.dossiers import applicants
from tests.web.site import Site
from tests.web.visitor import Visitor


def path(code: str) -> str:
    return f"/h/{code}/thong-bao"


def kept(site: Site) -> tuple[bool, str | None]:
    with site.installation.runtime.database.connect() as connection:
        row = connection.execute(select(applicants.c.notices_off_since, applicants.c.notices_via)).one()
        return row.notices_off_since is None, row.notices_via


@pytest.mark.parametrize(
    ("choice", "expected"), [("none", (False, None)), ("sms", (True, "sms")), ("email", (True, "email"))]
)
def test_keeps_the_choice_and_shows_it(site: Site, choice: str, expected: tuple[bool, str | None]) -> None:
    filed = site.installation.filed()
    visitor = site.applicant(filed)
    page = visitor.get(path(filed["code"]))
    assert chosen(visitor, filed["code"]) == "all"
    for _ in range(2):
        assert visitor.submit(page, path(filed["code"]), choice=choice).location == f"/h/{filed['code']}"
    assert kept(site) == expected and chosen(visitor, filed["code"]) == choice
    acts = site.installation.person("counter").get(f"/api/v1/dossiers/{filed['code']}/journal").json["items"]
    assert [entry["act"] for entry in acts].count("choose_notices") == 1


def test_contacts_are_masked(site: Site) -> None:
    filed = site.installation.filed()
    page = site.applicant(filed).get(path(filed["code"]))
    assert "•••567" in page.text and "0901234567" not in page.response.text and "dao@" not in page.response.text


def test_without_a_contact_the_page_says_what_to_do(site: Site) -> None:
    applicant = {"kind": "citizen", "name": "Trần Văn Không", "identity_number": "079300012346", "commune": "26740"}
    filed = site.installation.filed(applicant=applicant)
    page = site.applicant(filed).get(path(filed["code"]))
    assert "Hồ sơ không có số điện thoại" in page.text and not page.soup.find("form", action=path(filed["code"]))


def test_refuses_what_is_no_choice_and_who_is_nobody(site: Site) -> None:
    filed = site.installation.filed()
    visitor = site.applicant(filed)
    visitor.submit(visitor.get(path(filed["code"])), path(filed["code"]), status=422, choice="zalo")
    visitor.post(path(filed["code"]), status=403, choice="none")
    site.nobody().post(path(filed["code"]), status=404, choice="none")
    assert kept(site) == (True, None)


def chosen(visitor: Visitor, code: str) -> str:
    marked = visitor.get(path(code)).soup.find("input", checked=True)
    assert marked is not None
    return str(marked["value"])  # type: ignore[index]
