"""Who may change what, and when, from the pages: every act × role and part × state, held to the table of the API."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import pytest
import structlog

from tests.acceptance import test_api_matrix as matrix
from tests.acceptance.dossiers_in_states import bring_to
from tests.installation.served import open_installation
from tests.installation.trial_content import OTHER_AUTHORITY, TRIAL
from tests.web.site import Site
from tests.web.visitor import Visitor
from web.app import register_pages

FIELDS: dict[str, dict[str, Any]] = {
    "actions": {},
    "assignment/claim": {},
    "assignment/removal": {"reason": "nghỉ ốm"},
    "freed-claims": {"reason": "nghỉ ốm"},
    "recalls": {"reason": "nhầm"},
    "documents": {"paper": "card", "copy": "1"},
    "documents/<int:number>/check": {"accepted": "true"},
    "documents/<int:number>/removal": {"reason": "nhầm"},
    "fees/<key>": {"method": "cash", "receipt": "1", "vnd": "20.000"},
    "charges": {},
    "gateway-refunds": {},
    "refunds": {"method": "cash", "receipt": "2"},
    "fee-corrections": {"number": "1", "reason": "nhầm", "receipt": "2"},
    "fee-cancellations": {"number": "1", "reason": "nhầm"},
    "verifications": {"office": OTHER_AUTHORITY, "question": "Có đúng không?"},
    "verifications/<int:number>": {"confirmed": "true", "answer": "đúng"},
    "extensions": {"amount": "1", "reason": "mưa"},
    "transfers": {"office": OTHER_AUTHORITY, "reason": "sai thẩm quyền", "legal": "Luật 1"},
    "links": {"kind": "related"},
    "notes": {"text": "ghi chú"},
    "rectifications": {"fields.purpose": "khác", "reason": "sai"},
    "forms/<paper>/issues": {"reason": "sai số bản"},
    "personal-data-views": {"reason": "đối chiếu giấy tờ"},
    "link-renewals": {"reason": "mất giấy hẹn"},
    "withdrawals": {"reason": "đổi ý", "paper": "Đơn ngày 02/3/2026"},
    "reopenings": {"reason": "giải quyết sai", "legal": "Luật Khiếu nại"},
    "parties": {"kind": "co_applicant", "name": "Lê Văn Cùng"},
    "parties/<int:number>/removal": {"reason": "nhầm"},
    "handovers": {"tracking": "EE123456789VN"},
    "successions": {"applicant.name": "Lê Văn Thừa Kế", "reason": "người nộp đã mất", "proof": "Trích lục"},
    "refilings": {"procedure": "1.000002", "reason": "sai thủ tục"},
}
"""What each form carries, by its address below the dossier's."""
PUT = {"documents/<int:number>/check", "fees/<key>", "verifications/<int:number>"}
"""What the API names by PUT; a removal is its DELETE."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One installation for the walk. Its forms are printed as the data that would stand in them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    folder: Path = tmp_path_factory.mktemp("acts")
    with TRIAL.copy("sqlite", folder) as url:
        printed = {"render_form": lambda _number, data: repr(data).encode()}
        installation = open_installation(url, folder, pages=register_pages, MOTCUA_SECOND_FACTOR="0", **printed)  # type: ignore[arg-type]  # a function beside settings
        yield Site(installation)
        installation.close()
    structlog.reset_defaults()


@pytest.fixture
def nouns(site: Site) -> list[str]:
    """The addresses of the acts that have a page."""
    rules = {one.rule for one in site.installation.app.url_map.iter_rules() if "POST" in (one.methods or ())}
    found = [noun for noun in FIELDS if f"/ho-so/<code>/{noun}" in rules]
    assert set(FIELDS) - set(found) == set()
    return found


@pytest.mark.parametrize("state", matrix.STATES)
def test_everybody_does_from_the_pages_what_the_rule_says(site: Site, nouns: list[str], state: str) -> None:
    installation, wrong = site.installation, []
    values = matrix._values(installation, state)
    for noun in nouns:
        for who in (*matrix.INSIDERS, "colleague") if state == "held" else matrix.INSIDERS:
            before = matrix._stands(installation, values["code"])
            status = _post(site, noun, values, who, state)
            changed = matrix._stands(installation, values["code"]) != before
            if changed != (state in matrix.MAY[_of_the_api(noun)].get(who, set())):
                wrong.append(f"{noun} by {who}: {status}, {'changed' if changed else 'not changed'}")
            if changed and _of_the_api(noun) not in matrix.NO_MATTER:
                values = matrix._values(installation, state)
    assert not wrong, "\n".join(wrong)


def test_outsiders_meet_a_page_that_tells_nothing(site: Site, nouns: list[str]) -> None:
    for state in ("checking", "returned"):
        code = bring_to(site.installation, state)["code"]
        for who in matrix.OUTSIDERS:
            visitor = site.person(who)
            for path in (f"/ho-so/{code}", f"/ho-so/{matrix.ABSENT}"):
                page = visitor.get(path, status=404)
                assert "Đào" not in page.text and page.soup.h1 is not None, f"{path} {who}"


def _of_the_api(noun: str) -> str:
    if noun == "assignment/claim":
        return "PUT assignment"
    if noun.endswith("/removal"):
        return f"DELETE {noun.removesuffix('/removal')}"
    return f"{'PUT' if noun in PUT else 'POST'} {noun.replace('<paper>', '<form>')}"


def _post(site: Site, noun: str, values: dict[str, Any], who: str, state: str) -> int:
    visitor = site.person(who)
    path = f"/ho-so/{values['code']}/{noun}"
    for name, value in (values | {"paper": values["form"]}).items():
        path = path.replace(f"<int:{name}>", str(value)).replace(f"<{name}>", str(value))
    fields = dict(FIELDS[noun])
    if noun == "actions":
        fields["action"] = matrix.ACTION_OF.get(state, "forward")
    if noun == "links":
        fields["dossier"] = values["other"]
    sent = {**fields, **_keys(visitor, site, values["code"])}
    kind = "multipart/form-data" if noun == "documents" else "application/x-www-form-urlencoded"
    answer = visitor.client.post(path, data=sent, content_type=kind)
    return int(answer.status_code)


def _keys(visitor: Visitor, site: Site, code: str) -> dict[str, str]:
    csrf = visitor.get("/tai-khoan").soup.find("input", attrs={"name": "csrf"})
    version = matrix._stands(site.installation, code)[0]
    return {"csrf": str(csrf["value"]), "key": token_urlsafe(18), "version": str(version)}  # type: ignore[index]
