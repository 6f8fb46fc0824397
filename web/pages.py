"""Declares pages: address, access, the form that a post reads, and the page that shows it again when it is refused.

A post comes from a page of this site (``web.csrf``), and its form is checked by a schema. A refused post shows the page
again with the refusal's sentence, with what was typed, and with the refusal's status: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from flask import Blueprint, Response, g, request
from marshmallow import Schema

from engine.dossier.stale import Stale
from engine.errors import Refusal
from server.context import served
from server.identity import Access, NotSignedIn, identity
from web.cookies import FLASH, end_cookie
from web.csrf import check_origin_and_token
from web.form_values import loaded, must_be_text
from web.headers import protect
from web.language import choose_language
from web.once import seal_form
from web.session import identify_page, keep_open, must_have_both_factors, recently_proven
from web.step_up import proof_asked

Audience = Literal["citizen", "desk", "admin"]
View = Callable[..., str | Response]
Weighs = Callable[..., bool]
"""Whether what a form asks for weighs so much that it is asked again who it is; gets the values of the path."""
MOST_FIELDS, MOST_FORM_BYTES = 2_000, 1_000_000
"""Fields, and bytes of fields that are no files, that a form may have."""
_LOST = (404, 429)
"""Refusals that leave no page to show again."""


class Pages(Blueprint):
    """A group of pages for one audience, which decides their layout and their access when an error is shown."""

    ACCESS: ClassVar[dict[Callable[..., Any], Access]] = {}
    """The access rule of each declared view, for the test that walks all routes."""

    def __init__(self, name: str, audience: Audience, *, one_factor: bool = False) -> None:
        """``one_factor``: also for whoever has yet to set up the second factor that is asked of them."""
        super().__init__(f"web_{name}", __name__)
        self.audience, self._one_factor = audience, one_factor
        self.before_request(self._begin)
        self.after_request(protect)

    def page(self, rule: str, *, access: Access) -> Callable[[View], View]:
        """Declares a page that is read. Its view gets the values of the path, and reads ``request.args`` itself."""

        def declare(view: View) -> View:
            def handle(**path: Any) -> Response:
                self._identify(access, path)
                if access is Access.STAFF:
                    identity().prove()  # a page that asks nothing else must not be shown to a session that has ended
                return _answered(view(**path))

            self._add(rule, view, handle, "GET", access)
            return view

        return declare

    def post(  # type: ignore[override]  # of a form, not Flask's shortcut
        self,
        rule: str,
        *,
        access: Access,
        form: type[Schema] | None = None,
        again: View | None = None,
        step_up: bool | Weighs = False,
        keeps: tuple[type[Refusal], ...] = (),
    ) -> Callable[[View], View]:
        """Declares what a form does. Its view gets the values of the path, and ``form`` where a schema is given.

        ``again`` is the view of the page that the form is on, with the same values of the path. ``keeps`` are refusals
        that show it again although their status says that something was not found. With ``step_up``, or where it
        says so of this form, the person must have proven a short time ago who they are; a page asks for it first
        (``web.step_up``).
        """
        schema = form() if form is not None else None

        def declare(view: View) -> View:
            def handle(**path: Any) -> Response:
                self._identify(access, path)
                check_origin_and_token()
                must_be_text()
                if _weighs(step_up, path) and (asks := proof_asked()) is not None:
                    return asks
                seal_form()
                try:
                    given = {"form": loaded(schema)} if schema is not None else {}
                    return _answered(view(**path, **given))
                except Stale:
                    raise
                except Refusal as refusal:
                    return _shown_again(again, path, refusal, kept=isinstance(refusal, keeps))

            self._add(rule, view, handle, "POST", access)
            return view

        return declare

    def _add(self, rule: str, view: View, handle: Callable[..., Response], method: str, access: Access) -> None:
        handle.__name__, handle.__doc__ = view.__name__, view.__doc__
        self.ACCESS[handle] = access
        self.add_url_rule(rule, view.__name__, handle, methods=[method])

    def _identify(self, access: Access, path: dict[str, Any]) -> None:
        identify_page(access, path.get("code"))
        if access in (Access.STAFF, Access.ADMIN) and not self._one_factor:
            must_have_both_factors()

    def _begin(self) -> None:
        request.max_form_parts, request.max_form_memory_size = MOST_FIELDS, MOST_FORM_BYTES
        choose_language()
        g.audience = self.audience


def _weighs(step_up: bool | Weighs, path: dict[str, Any]) -> bool:
    if isinstance(step_up, bool):
        return step_up
    return not recently_proven() and step_up(**path)


def _answered(made: str | Response) -> Response:
    response = made if isinstance(made, Response) else Response(made, mimetype="text/html")
    keep_open(response)
    if request.method == "GET" and response.status_code == 200 and FLASH in request.cookies:
        end_cookie(response, FLASH)  # what it said was shown on this page, and is not shown on the next
    return response


def _shown_again(again: View | None, path: dict[str, Any], refusal: Refusal, *, kept: bool) -> Response:
    lost = refusal.status in _LOST or refusal.status >= 500
    if again is None or isinstance(refusal, NotSignedIn) or (lost and not kept):
        raise refusal
    served().metrics.refusals.labels(refusal.code).inc()
    g.refusal, g.refused = refusal.code, refusal
    request.environ["web.shown_again"] = True
    response = _answered(again(**path))
    response.status_code = refusal.status
    return response
