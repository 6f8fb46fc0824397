"""What administrators see of the editor and of the simulator, in every state."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.installation.town import ADMIN
from tests.web.browser.sight import Sight, send
from tests.web.browser.visitor import Visitor

DRAFTS = "/quan-tri/thu-tuc/soan"
LAND = "1.012783"
_WALK = f"/quan-tri/thu-tuc/thu?phien-ban={LAND}&nhan=11/02/2026+15:30"
_PAUSED = "&buoc=2026-02-11T16:00+receive&buoc=2026-02-12T09:00+forward&buoc=2026-02-13T10:00+ask"


def draft_of_land(came: Visitor) -> None:
    """The first draft of the installation, of the land certificate."""
    page = came.go(DRAFTS)
    if not page.locator(f"a[href='{DRAFTS}/1']").count():
        page.select_option("#phien_ban", page.locator(f"#phien_ban option[value^='{LAND}@']").get_attribute("value"))
        with page.expect_navigation():
            page.locator(f"form[action='{DRAFTS}/tu-phien-ban']").evaluate("form => form.requestSubmit()")


def edit(page: Page, *changes: tuple[str, str]) -> None:
    """Changes words of the file in the editor, as typing them would."""
    page.wait_for_selector("#soan-thao .cm-content")
    for before, after in changes:
        page.evaluate(
            """([before, after]) => {
                 const view = document.getElementById('soan-thao').view;
                 const from = view.state.doc.toString().indexOf(before);
                 view.dispatch({changes: {from, to: from + before.length, insert: after}});
               }""",
            [before, after],
        )


def _opened(page: Page) -> None:
    page.wait_for_selector("#soan-thao .cm-content")


def _with_errors(page: Page) -> None:
    edit(page, ("clock: paused", "clok: paused"), ("to: signing", "to: signed"))
    page.wait_for_selector("#con-loi li >> nth=1")


def _checked_with_errors(page: Page) -> None:
    _with_errors(page)
    with page.expect_navigation():
        page.click("#tep button[formaction]")
    page.wait_for_selector("#soan-thao .cm-content")


def _unreadable(page: Page) -> None:
    edit(page, ("roles:", "roles: ["))
    page.wait_for_selector("#con-loi")


def _refused_questions(page: Page) -> None:
    send(page, f"form[action='{DRAFTS}/tu-cau-hoi']", ma="x", ten="Thủ tục thử", so_ngay="nhiều")


def _refused_diagram(page: Page) -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "b">]><definitions/>'
    page.set_input_files("#so_do", {"name": "cap-phep.bpmn", "mimeType": "application/xml", "buffer": bomb})
    send(page, f"form[action='{DRAFTS}/tu-so-do']", ma_so_do="1.234567")


EDITOR = [
    Sight("help-administrator", "/tro-giup/administrator"),
    Sight("editor-drafts", DRAFTS, ADMIN, first=draft_of_land),
    Sight("editor-drafts-refused", DRAFTS, ADMIN, then=_refused_questions),
    Sight("editor-drafts-diagram-refused", DRAFTS, ADMIN, then=_refused_diagram),
    Sight("editor-draft", f"{DRAFTS}/1", ADMIN, first=draft_of_land, then=_opened, like="admin-procedure"),
    Sight("editor-errors", f"{DRAFTS}/1", ADMIN, first=draft_of_land, then=_with_errors, like="admin-procedure"),
    Sight("editor-checked", f"{DRAFTS}/1", ADMIN, first=draft_of_land, then=_checked_with_errors),
    Sight("editor-unreadable", f"{DRAFTS}/1", ADMIN, first=draft_of_land, then=_unreadable),
    Sight("editor-no-draft", f"{DRAFTS}/999", ADMIN, status=404),
    Sight("simulator-start", _WALK, ADMIN),
    Sight("simulator-paused", _WALK + _PAUSED, ADMIN),
    Sight("simulator-refused", _WALK + "&buoc=2026-02-11T16:00+sign", ADMIN),
]
