"""Asks for the password or a code again before what weighs most: signing, waiving, looking at masked data.

The page that asks repeats the form to the same address with all its values. When it comes back with the proof, the post
goes on as if nothing had been between.
"""

from __future__ import annotations

from flask import Response, g, request

from engine.acts.staff.own_sessions import keep_proven
from engine.errors import Forbidden, Refusal
from engine.transaction import in_transaction
from server.context import language, runtime, served
from server.identity import identity
from server.sign_in import prove_again
from web.form_values import PROOFS
from web.headers import protect
from web.render import render
from web.session import page_session, recently_proven


class StepUpNeeded(Forbidden):
    """The last proof of who the person is lies too far back for what was asked."""

    code = "step-up-needed"
    vi = "Việc này cần xác nhận lại đúng là anh/chị. Những gì đã nhập vẫn còn."
    en = "For this, confirm once more that it is you. What was typed is kept."


def proof_asked() -> Response | None:
    """The page that asks who it is; None when that was proven a short time ago, or by fields of this form.

    Raises NotSignedIn.
    """
    if recently_proven():
        return None
    password, code = (request.form.get(name, "") for name in ("step_up_password", "step_up_code"))
    if not password and not code.strip():
        return _page(StepUpNeeded())
    identity().prove()
    try:
        prove_again(password, code.strip())
    except Refusal as refusal:
        return _page(refusal)
    in_transaction(runtime(), identity().claimed, lambda unit: keep_proven(unit, page_session().hash))
    return None


def _page(refusal: Refusal) -> Response:
    served().metrics.refusals.labels(refusal.code).inc()
    g.refusal = refusal.code
    left_out = PROOFS | {"csrf"}
    html = render(
        "account/step_up.html",
        wrong=None if isinstance(refusal, StepUpNeeded) else refusal.sentence(language()),
        code=refusal.code,
        kept=[(name, value) for name, value in request.form.items(multi=True) if name not in left_out],
        has_factor=page_session().factor_of is not None,
        by_provider=page_session().way == "provider",
        minutes=int(runtime().settings.sessions.proof.total_seconds() // 60),
    )
    response = Response(html, refusal.status, mimetype="text/html")
    if refusal.status == 429:
        response.headers["Retry-After"] = str(refusal.facts.get("seconds", 1))
    return protect(response)
