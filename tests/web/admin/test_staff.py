"""The staff for administrators: the list, a person, each change, proposals, and the journal that tells them."""

from __future__ import annotations

import pytest

from engine.acts.staff.administrators import decide_administrator, propose_administrator
from engine.acts.staff.people import add_person
from engine.acts.staff.second_factor import has_second_factor
from engine.queries.staff import person_line, staff_entries, tokens_of
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.trial_content import AUTHORITY, CENTRE
from tests.web.site import Site
from tests.web.visitor import Page, Visitor

HERE = "/quan-tri/can-bo"
FRESH = "hoa-sen-no-trong-mua-ha-92"


def number_of(site: Site, name: str) -> int:
    found = site.installation.actor(name).person_id
    assert found is not None
    return found


def told(site: Site, number: int) -> list[str]:
    """The acts about somebody in the journal of staff, newest first."""
    return in_transaction(
        site.installation.runtime,
        SYSTEM_ACTOR,
        lambda unit: [one.act for one in staff_entries(unit, person=number).lines],
    )


def second_administrator(site: Site) -> int:
    """Another administrator, whom the operator proposed and ``admin`` approved."""
    act = site.installation.try_act
    number = act("system", add_person, "second-admin", "Người thứ hai", password=FRESH)
    act("admin", decide_administrator, act("system", propose_administrator, number, "cần hai"), True, "được")
    return number


def change(visitor: Visitor, number: int, name: str, *, status: int = 303, query: str = "", **fields: object) -> Page:
    """Opens the form of a change, and sends it."""
    page = visitor.get(f"{HERE}/{number}/lam/{name}{query}")
    return visitor.submit(page, f"{HERE}/{number}/lam/{name}", status=status, **fields)


class TestTheList:
    def test_finds_people_without_accents_and_shows_their_roles(self, both_sites: Site) -> None:
        admin = both_sites.person("admin")
        page = admin.get(f"{HERE}?q=nguoi+counter")
        assert "Cán bộ tiếp nhận" in page.text and page.soup.find(
            "a", href=f"{HERE}/{number_of(both_sites, 'counter')}"
        )
        assert number_of(both_sites, "specialist") and "Người specialist" not in page.text
        assert "Counter clerk" in admin.get(f"{HERE}?q=counter", lang="en").text
        assert "Không tìm thấy ai" in admin.get(f"{HERE}?q=zzzz").text

    def test_narrows_to_an_office_and_to_a_state(self, site: Site) -> None:
        admin = site.person("admin")
        assert "Người leader" in admin.get(f"{HERE}?co-quan={AUTHORITY}").text
        assert "Người counter" not in admin.get(f"{HERE}?co-quan={AUTHORITY}").text
        assert "Người nobody" in admin.get(f"{HERE}?loc=no-role").text
        assert "Người counter" not in admin.get(f"{HERE}?loc=no-role").text

    def test_is_closed_to_others(self, site: Site) -> None:
        site.person("leader").get(HERE, status=403)
        site.nobody().get(HERE, status=303)


class TestAPerson:
    def test_gets_a_role_by_the_name_of_the_office_and_loses_it_again(self, both_sites: Site) -> None:
        admin, number = both_sites.person("admin"), number_of(both_sites, "nobody")
        fields = {"office": CENTRE.lower(), "role": "counter", "start": "01/01/2026", "reason": "mới về"}
        page = admin.follow(change(admin, number, "vai-tro", **fields))
        assert "Cán bộ tiếp nhận" in page.text and "mới về" in page.text
        ends = {"end": "02/01/2026", "reason": "chuyển đi"}
        change(admin, number, "het-vai-tro", query=f"?office={CENTRE}&role=counter", **ends)
        assert told(both_sites, number)[:2] == ["end-membership", "add-membership"]

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"office": "TT-2674O"}, "ý bạn là “TT-2674"),
            ({"start": "31/02/2026"}, "Ngày viết như 05/08/2025"),
            ({"end": "01/01/2020"}, "Phải sau ngày bắt đầu"),
        ],
    )
    def test_is_given_no_role_that_is_wrong(self, site: Site, fields: dict[str, str], says: str) -> None:
        admin, number = site.person("admin"), number_of(site, "nobody")
        sent = {"office": CENTRE, "role": "counter", "start": "01/01/2026", "reason": "vì"} | fields
        page = change(admin, number, "vai-tro", status=422, **sent)
        assert says in page.text and page.soup.find("input", id="reason")["value"] == "vì"  # type: ignore[index]
        assert told(site, number)[0] == "add-person"

    def test_gets_a_deputy_and_ends_the_substitution(self, site: Site) -> None:
        admin, number = site.person("admin"), number_of(site, "leader")
        days = {"start": "01/06/2027", "end": "01/07/2027", "legal": "QĐ 12"}
        page = admin.follow(change(admin, number, "thay-the", deputy="specialist", **days))
        assert "được thay bởi" in page.text and "QĐ 12" in page.text
        deputy = number_of(site, "specialist")
        change(admin, number, "het-thay-the", query=f"?deputy={deputy}", end="02/06/2027", reason="về sớm")
        refused = change(admin, number, "thay-the", status=422, deputy="khong.co", **days)
        assert "Không có tài khoản này" in refused.text

    def test_is_switched_off_with_everything_and_on_again(self, both_sites: Site) -> None:
        admin, other, number = (
            both_sites.person("admin"),
            both_sites.person("counter"),
            number_of(both_sites, "counter"),
        )
        assert "không đăng nhập được" in admin.follow(change(admin, number, "ngung", reason="nghỉ việc")).text
        assert other.get("/quay", status=303).location.startswith("/dang-nhap")
        change(admin, number, "bat-lai", reason="trở lại")
        assert told(both_sites, number)[:2] == ["switch-on", "switch-off"]

    def test_has_one_session_ended_or_all(self, site: Site) -> None:
        admin, other, number = site.person("admin"), site.person("specialist"), number_of(site, "specialist")
        page = admin.get(f"{HERE}/{number}")
        link = page.soup.find("a", href=lambda where: where and "/lam/phien?token=" in where)["href"]  # type: ignore[index]
        change(admin, number, "phien", query=str(link).partition("phien")[2], reason="mất máy")
        other.get("/quay", status=303)
        site.installation.person("specialist")
        change(admin, number, "phien", reason="mất hết")
        with site.installation.reading() as connection:
            runtime = site.installation.runtime
            unit = UnitOfWork(runtime, connection, SYSTEM_ACTOR, runtime.now(), begun=False, read_only=True)
            assert tokens_of(unit, number) == ()

    def test_gets_another_password_typed_twice(self, site: Site) -> None:
        admin, number = site.person("admin"), number_of(site, "counter")
        differs = change(admin, number, "mat-khau", status=422, password=FRESH, repeated="khac", reason="quên")
        assert "không giống mật khẩu" in differs.text.lower()
        change(admin, number, "mat-khau", password=FRESH, repeated=FRESH, reason="quên")
        visitor = site.nobody()
        visitor.submit(visitor.get("/dang-nhap"), "/dang-nhap", username="counter", password=FRESH)
        assert "set-password" in told(site, number)

    def test_who_weighs_much_is_asked_for_again(self, site: Site) -> None:
        admin, number = site.person_later("admin"), number_of(site, "counter")
        page = change(admin, number, "ngung", status=403, reason="thử")
        assert "Xác nhận đúng là anh/chị" in page.text
        with_nothing_done = told(site, number)
        assert "switch-off" not in with_nothing_done


class TestAdministrators:
    def test_takes_two_to_make_one(self, both_sites: Site) -> None:
        second_administrator(both_sites)
        first, number = both_sites.person("admin"), number_of(both_sites, "nobody")
        change(first, number, "de-nghi-quan-tri", reason="cần thêm")
        page = first.get(f"{HERE}/de-nghi")
        assert "cần người khác quyết định" in page.text
        proposal = first.get(f"{HERE}/de-nghi/2")
        assert proposal.soup.find("input", attrs={"name": "verdict"}) is None
        second = both_sites.person("second-admin")
        decided = second.submit(second.get(f"{HERE}/de-nghi/2"), f"{HERE}/de-nghi/2", verdict="approve", reason="được")
        assert "đã duyệt" in second.follow(decided).text
        assert told(both_sites, number)[:2] == ["approve-admin", "propose-admin"]

    def test_are_not_reset_by_one_another(self, site: Site) -> None:
        admin, other = site.person("admin"), second_administrator(site)
        refused = change(admin, other, "mat-khau", status=403, password=FRESH, repeated=FRESH, reason="thử")
        assert "chỉ người vận hành" in refused.text
        assert "chỉ người vận hành" in change(admin, other, "hai-lop", status=403, reason="thử").text
        waiting = number_of(site, "nobody")
        runtime = site.installation.runtime
        in_transaction(runtime, SYSTEM_ACTOR, lambda unit: propose_administrator(unit, waiting, "vì"))
        change(admin, waiting, "mat-khau", status=403, password=FRESH, repeated=FRESH, reason="thử")
        assert not in_transaction(runtime, SYSTEM_ACTOR, lambda unit: has_second_factor(unit, other))


def test_somebody_is_added_once(site: Site) -> None:
    admin = site.person("admin")
    page = admin.get(f"{HERE}/them")
    fields = {"username": "lan.nt", "name": "Nguyễn Thị Lan", "language": "vi"}
    first = admin.submit(page, f"{HERE}/them", **fields)
    assert admin.submit(page, f"{HERE}/them", **fields).location == first.location
    assert "Nguyễn Thị Lan" in admin.follow(first).text
    taken = admin.submit(admin.get(f"{HERE}/them"), f"{HERE}/them", status=409, **fields)
    assert "đã có người dùng" in taken.text
    wrong = admin.submit(admin.get(f"{HERE}/them"), f"{HERE}/them", status=422, **(fields | {"username": "Có dấu"}))
    assert wrong.soup.find(id="username-error") is not None


def test_the_journal_names_who_did_what_to_whom(site: Site) -> None:
    admin, number = site.person("admin"), number_of(site, "counter")
    change(admin, number, "ngung", reason="nghỉ việc")
    page = admin.get(f"{HERE}/nhat-ky")
    assert "Ngừng hoạt động" in page.text and "nghỉ việc" in page.text and "Người admin" in page.text
    assert "Switched off" in admin.get(f"{HERE}/nhat-ky?nguoi={number}", lang="en").text
    assert "Người counter" in admin.get(f"{HERE}/nhat-ky?nguoi={number}").text


def test_a_person_who_is_not_there_is_not_found(site: Site) -> None:
    site.person("admin").get(f"{HERE}/99999", status=404)
    site.person("admin").get(f"{HERE}/99999/lam/ngung", status=404)


def test_a_person_line_is_read_by_number(site: Site) -> None:
    number = number_of(site, "counter")
    runtime = site.installation.runtime
    assert in_transaction(runtime, SYSTEM_ACTOR, lambda unit: person_line(unit, number)).username == "counter"
