"""What clerks, specialists, leaders and those who only look see, in every state."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.installation.town import ADMIN, COUNTER, ELSEWHERE, LEADER, MONITOR, OFFICER
from tests.web.browser.sight import Sight, submit

BIRTH = "1.001193"


def _refused_password(page: Page) -> None:
    _post(page, "/tai-khoan/mat-khau")


def _refused_view(page: Page) -> None:
    _post(page, "/ho-so/bo-loc")


def _birth(page: Page) -> None:
    page.fill("#procedure", BIRTH)
    page.press("#procedure", "Enter")
    page.wait_for_selector("#card:focus")


def _refused_intake(page: Page) -> None:
    _birth(page)
    with page.expect_navigation():
        page.locator("#intake").evaluate(
            "form => { form.noValidate = true;"
            " form.requestSubmit(form.querySelector('[data-submit], .btn-primary[type=submit]')) }"
        )


def _chosen(page: Page) -> None:
    """Every line of the list is chosen, so that the bar of actions is seen."""
    for box in page.locator("input[name=chon]").all():
        box.check()
    page.wait_for_selector("#thanh strong")


def _to_choose(page: Page) -> None:
    """What is possible with the two first lines, as it is chosen without scripts."""
    for box in page.locator("input[name=chon]").all()[:2]:
        box.check()
    page.wait_for_selector("#thanh strong")
    with page.expect_navigation():
        page.locator("#thanh").evaluate(
            "bar => { const form = bar.closest('form'); form.action = '/ho-so/chon'; form.submit() }"
        )


def _batch(page: Page) -> None:
    """An act on all of the list that some of it refuses."""
    for box in page.locator("input[name=chon]").all()[:3]:
        box.check()
    page.wait_for_selector("#thanh button[formaction='/viec']")
    with page.expect_navigation():
        page.click("#thanh button[formaction='/viec']")


def _returned_to_nobody(page: Page) -> None:
    page.check("input[name=taker][value=other]")
    with page.expect_navigation():
        page.locator("form[data-main]").evaluate("form => { form.noValidate = true; form.requestSubmit() }")


def _post(page: Page, action: str) -> None:
    with page.expect_navigation():
        page.locator(f"form[action='{action}']").first.evaluate("form => { form.noValidate = true; form.submit() }")


STAFF = [
    Sight("today-counter", "/quay", COUNTER, like="desk-today"),
    Sight("today-officer", "/quay", OFFICER, like="desk-today"),
    Sight("today-leader", "/quay", LEADER, like="desk-today"),
    Sight("today-empty", "/quay", ELSEWHERE),
    Sight("today-monitor", "/quay", MONITOR),
    Sight("today-admin", "/quay", ADMIN),
    Sight("keys", "/quay/phim-tat", COUNTER),
    Sight("queue", "/ho-so", COUNTER, like="desk-queue"),
    Sight("queue-chosen", "/ho-so", COUNTER, then=_chosen, like="desk-queue"),
    Sight("queue-officer", "/ho-so", OFFICER, like="desk-queue"),
    Sight("queue-searched", "/ho-so?q=nguyen", COUNTER),
    Sight("queue-nothing-found", "/ho-so?q=zzzz", COUNTER),
    Sight("queue-empty", "/ho-so", ELSEWHERE),
    Sight("queue-all", "/ho-so?pham-vi=tat-ca", MONITOR),
    Sight("choose", "/ho-so?hang=moi-tiep-nhan", COUNTER, then=_to_choose),
    Sight("saved-views", "/ho-so/bo-loc", COUNTER),
    Sight("saved-views-refused", "/ho-so/bo-loc", COUNTER, then=_refused_view),
    Sight("batches", "/viec", COUNTER),
    Sight("intake", "/quay/tiep-nhan", COUNTER, like="desk-intake"),
    Sight("intake-birth", "/quay/tiep-nhan", COUNTER, then=_birth, like="desk-intake"),
    Sight("intake-refused", "/quay/tiep-nhan", COUNTER, then=_refused_intake),
    Sight("receipt", "/quay/tiep-nhan/{accepted}/bien-nhan", COUNTER),
    Sight("dossier-new", "/ho-so/{new}", COUNTER, like="desk-dossier"),
    Sight("dossier-accepted", "/ho-so/{accepted}", COUNTER, like="desk-dossier"),
    Sight("dossier-running", "/ho-so/{running}", OFFICER, like="desk-dossier"),
    Sight("dossier-late", "/ho-so/{late}", OFFICER, like="desk-dossier"),
    Sight("dossier-supplement", "/ho-so/{supplement}", OFFICER, like="desk-dossier"),
    Sight("dossier-to-sign", "/ho-so/{to_sign}", LEADER, like="desk-dossier"),
    Sight("dossier-ready", "/ho-so/{ready}", COUNTER, like="desk-dossier"),
    Sight("desk-fee-notice", "/ho-so/{ready}/thong-bao-phi", COUNTER),
    Sight("dossier-returned", "/ho-so/{returned}", LEADER, like="desk-dossier"),
    Sight("dossier-only-seen", "/ho-so/{running}", MONITOR),
    Sight("dossier-listed", "/ho-so/{late}?trong=", OFFICER),
    Sight("dossier-looks", "/ho-so/{running}?loc=xem", LEADER),
    Sight("dossier-notices", "/ho-so/{ready}?loc=thong-bao", COUNTER),
    Sight("dossier-of-others", "/ho-so/{running}", ELSEWHERE, status=404, like="error-404"),
    Sight("act-supplement", "/ho-so/{running}/lam/step/ask", OFFICER),
    Sight("act-transfer", "/ho-so/{running}/lam/transfer", OFFICER),
    Sight("act-refused", "/ho-so/{running}/lam/note", OFFICER, then=submit),
    Sight("act-impossible", "/ho-so/{returned}/lam/extend", OFFICER),
    Sight("applicant", "/ho-so/{running}/nguoi-nop", OFFICER),
    Sight("applicant-refused", "/ho-so/{running}/nguoi-nop", OFFICER, then=submit),
    Sight("papers", "/ho-so/{running}/in", COUNTER),
    *[Sight(f"paper-{form}", f"/ho-so/{{running}}/in/{form}", COUNTER) for form in ("01", "05", "06")],
    Sight("paper-02", "/ho-so/{supplement}/in/02", OFFICER),
    Sight("print-many", "/in", COUNTER),
    Sight("print-chosen", "/in?chon=H79.26740-260304-0001&chon=H79.26740-260304-0002", COUNTER),
    Sight("sign", "/ky", LEADER, like="desk-sign"),
    Sight("sign-nothing", "/ky", COUNTER),
    Sight("remote-signs-none", "/ky/tu-xa", LEADER),
    Sight("questions", "/xac-minh", OFFICER),
    Sight("returns", "/tra-ket-qua", COUNTER),
    Sight("returns-none", "/tra-ket-qua?q=zzzz", COUNTER),
    Sight("return", "/tra-ket-qua/{ready}", COUNTER),
    Sight("return-refused", "/tra-ket-qua/{ready}", COUNTER, then=_returned_to_nobody),
    Sight("register", "/so-dang-ky", COUNTER),
    Sight("account", "/tai-khoan", COUNTER),
    Sight("account-refused", "/tai-khoan", COUNTER, then=_refused_password),
    Sight("second-factor", "/tai-khoan/hai-lop", LEADER),
]
