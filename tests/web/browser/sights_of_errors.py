"""The pages of errors, as nobody in particular and as the staff see them."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.installation.town import COUNTER, MONITOR
from tests.web.browser.sight import Sight

TYPED = "Bổ sung trước thứ Sáu, người nộp đã hứa qua điện thoại."
_FORM = """
([action, typed]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  const add = (name, value) => {
    const field = document.createElement('input');
    field.name = name;
    field.value = value;
    form.append(field);
  };
  add('csrf', document.querySelector('input[name=csrf]').value);
  add('reason', typed);
  document.body.append(form);
  form.submit();
}
"""


def _posted(page: Page) -> None:
    """The same address is asked with a form in which something was typed."""
    with page.expect_navigation():
        page.evaluate(_FORM, [page.url, TYPED])


ERRORS = [
    *[
        Sight(f"failed-{how}", f"/hong/{how}", status=int(how), like="error-404")
        for how in ("403", "409", "413", "429")
    ],
    Sight("failed-500", "/hong/500", status=500, like="error-500"),
    Sight("failed-503", "/hong/503", status=503, like="error-503"),
    Sight("changed", "/hong/412", status=412, then=_posted, like="desk-conflict"),
    Sight("desk-failed-403", "/hong/can-bo/403", COUNTER, status=403, like="error-403"),
    Sight("desk-failed-typed", "/hong/can-bo/409", MONITOR, status=409, then=_posted),
    Sight("desk-failed-500", "/hong/can-bo/500", COUNTER, status=500, like="error-500"),
    Sight("desk-failed-503", "/hong/can-bo/503", COUNTER, status=503, like="error-503"),
    Sight("desk-changed", "/hong/can-bo/412", COUNTER, status=412, then=_posted, like="desk-conflict"),
]
