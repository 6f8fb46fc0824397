"""A draft on the pages of administrators, made from the procedure of the trial."""

from __future__ import annotations

from tests.installation.trial_release import PROCEDURE
from tests.web.visitor import Page, Visitor

DRAFTS = "/quan-tri/thu-tuc/soan"


def made_from_version(visitor: Visitor) -> Page:
    """The editor of a new draft; the file of the trial has one error, a pause without a reminder."""
    page = visitor.get(DRAFTS)
    return visitor.follow(visitor.submit(page, f"{DRAFTS}/tu-phien-ban", phien_ban=f"{PROCEDURE}@1"))


def without_errors(page: Page) -> str:
    """The file of the trial with its error mended."""
    return file_of(page).replace("clock: paused}", "clock: paused, remind: 5}")


def file_of(page: Page) -> str:
    """The workflow file in the text area."""
    area = page.soup.select_one("#text")
    assert area is not None
    return area.get_text().removeprefix("\n")


def place_of(page: Page) -> str:
    """The address of the draft."""
    form = page.soup.select_one("form#soan")
    assert form is not None
    return str(form["action"])
