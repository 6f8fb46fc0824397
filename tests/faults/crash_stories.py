"""Each act on a dossier, ready to be killed in: sent over HTTP with a key and, where one is asked for, a version."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from engine.acts.documents import add_document
from engine.acts.file_dossier import file_dossier
from engine.acts.hold import claim
from engine.acts.issue_form import print_form
from engine.acts.messages import read_messages, write_message
from engine.acts.notices.mark_read import mark_read
from engine.acts.notices.webhooks import add_webhook
from engine.acts.perform_action import perform_action
from engine.acts.print_register import print_register
from engine.acts.read_personal_data import open_file, open_form
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.acts.transfer import transfer
from engine.acts.verification import ask_verification
from engine.store.documents import documents
from engine.store.dossiers import dossiers
from engine.store.journal import reads
from engine.store.messages import message_reads
from engine.store.outbox import outbox, webhooks
from tests.faults.crash_stage import Deed, Stage, Story
from tests.installation.filings import PDF
from tests.installation.short_releases import LAND, RESIDENCE
from tests.installation.world import APPLICANT, FIELDS, LONG_KHANH, PAPERS, PROVINCE

EACH = "each look is written down"
WHY = {"reason": "Cần làm rõ một điểm."}


def filed(receive: bool) -> Callable[[Stage], Deed]:
    body = {
        "procedure": LAND,
        "applicant": APPLICANT,
        "intake_office": LONG_KHANH,
        "fields": FIELDS,
        "documents": PAPERS,
        "receive": receive,
    }
    return lambda stage: Deed(stage.request("counter", "POST", "/dossiers", body), stage.rows(dossiers))


def stepped(who: str, action: str, bring: Callable[[Stage], str], **body: Any) -> Callable[[Stage], Deed]:
    """An action of the workflow, on a dossier that ``bring`` made ready for it."""
    return lambda stage: _deed(stage, who, "POST", bring(stage), "actions", {"action": action, **body}, action)


def by_applicant(action: str, *steps: tuple[str, str]) -> Callable[[Stage], Deed]:
    """An action that the applicant takes through the link, once the staff have taken ``steps``."""

    def prepare(stage: Stage) -> Deed:
        made = stage.world.try_act("counter", file_dossier, stage.world.filing())
        for who, before in steps:
            stage.world.try_act(who, perform_action, made.case.code, before, reason="Thiếu một giấy tờ.")
        version = stage.world.row(made.case.code)["version"]
        body = {"action": action, "receipt_code": made.receipt_code}
        run = stage.request(None, "POST", f"/status/{made.link_token}/actions", body, version)
        return Deed(run, stage.entries(made.case.code, action))

    return prepare


MEASURED = {"land.remeasured": True, "land.surveyor": "Đội đo Mẫu"}


def plain(
    who: str, method: str, part: str, body: Any, act: str, state: str = "checking", versioned: bool = True
) -> Callable[[Stage], Deed]:
    """What needs nothing but a dossier in some state."""
    return lambda stage: _deed(stage, who, method, stage.world.land_at(state), part, body, act, versioned)


def land(state: str) -> Callable[[Stage], str]:
    return lambda stage: stage.world.land_at(state)


def residence_in_work(stage: Stage) -> str:
    filing = stage.world.filing(procedure=RESIDENCE, fields={"home.commune": "26080"}, documents=[], receive=True)
    return stage.world.try_act("counter", file_dossier, filing).case.code


def taxed(stage: Stage) -> str:
    code = stage.world.land_at("finance", fields=FIELDS | {"land.tax_due": True})
    stage.world.try_act("tax", add_document, code, key="bien_lai", content=PDF)
    return code


def to_sign(stage: Stage, **changes: Any) -> str:
    code = stage.world.land_at("signing", **changes)
    stage.world.try_act("leader", add_document, code, key="ket_qua", content=PDF)
    return code


def to_return(stage: Stage) -> str:
    """Signed and paid; giving it out opens the dossier of residence that hangs on it."""
    code = to_sign(
        stage,
        fields=FIELDS | {"land.remeasured": True, "land.surveyor": "Đội đo Mẫu"},
        documents=[*PAPERS, {"key": "trich_do", "original": 1}],
    )
    stage.world.try_act("leader", perform_action, code, "sign")
    for key in stage.world.fees(code):
        stage.world.try_act("counter", settle_fee, code, key, "cash", "BL-02")
    return code


def paid_too_much(stage: Stage) -> str:
    """Certificate and survey are paid, and then there was no survey."""
    code = stage.world.land_at("accepted")
    stage.world.try_act("counter", perform_action, code, "correct", fields=MEASURED)
    for key in ("do_dac", "le_phi"):
        stage.world.try_act("counter", settle_fee, code, key, "cash", f"BL-{key}")
    stage.world.try_act("counter", rectify, code, "Không đo", fields={"land.remeasured": False})
    return code


def on_money(part: str, body: Any, act: str) -> Callable[[Stage], Deed]:
    return lambda stage: _deed(stage, "counter", "POST", paid_too_much(stage), part, body, act)


def with_children(stage: Stage) -> Deed:
    code = to_return(stage)
    deed = _deed(stage, "counter", "POST", code, "actions", {"action": "return"}, "return")
    return Deed(deed.run, stage.rows(dossiers, parent_id=stage.world.row(code)["id"]))


def assigned(stage: Stage) -> Deed:
    body = {"person": stage.world.person("specialist2")}
    return _deed(stage, "leader", "PUT", stage.world.land_at("checking"), "assignment", body, "assign")


def given_back(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    stage.world.try_act("specialist", claim, code)
    return _deed(stage, "specialist", "DELETE", code, "assignment", None, "release_claim")


def freed(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    stage.world.try_act("specialist", claim, code)
    return _deed(stage, "leader", "POST", code, "freed-claims", WHY, "free_claim")


def taken_back(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    stage.world.try_act("leader", transfer, code, PROVINCE, "nhầm")
    return _deed(stage, "leader", "POST", code, "recalls", WHY, "recall")


def linked(stage: Stage) -> Deed:
    code, other = stage.world.land_at("accepted"), stage.world.land_at("accepted")
    return _deed(stage, "counter", "POST", code, "links", {"dossier": other, "kind": "related"}, "link")


def uploaded(stage: Stage) -> Deed:
    code = stage.world.land_at("signing")
    form = {"key": "ket_qua", "file": lambda: (io.BytesIO(PDF), "ket_qua.pdf", "application/pdf")}
    run = stage.request("leader", "POST", f"/dossiers/{code}/documents", **form)
    return Deed(run, stage.rows(documents, dossier_id=stage.world.row(code)["id"]))


def checked(stage: Stage) -> Deed:
    code = stage.world.land_at("accepted")
    part = f"documents/{_paper(stage, code)}/check"
    return _deed(stage, "counter", "PUT", code, part, {"accepted": True}, "check_document")


def removed(stage: Stage) -> Deed:
    code = stage.world.land_at("accepted")
    return _deed(stage, "counter", "DELETE", code, f"documents/{_paper(stage, code)}", WHY, "remove_document")


def answered(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    _, number = stage.world.try_act("specialist", ask_verification, code, "UB-26080", "Có tranh chấp không?")
    body, part = {"confirmed": True, "answer": "Không."}, f"verifications/{number}"
    return _deed(stage, "asked", "PUT", code, part, body, "answer_verification", versioned=False)


def looked_at(stage: Stage) -> Deed:
    code = stage.world.land_at("accepted")
    run = stage.request("counter", "POST", f"/dossiers/{code}/personal-data-views", WHY)
    return Deed(run, stage.rows(reads, dossier_id=stage.world.row(code)["id"]))


def printed(stage: Stage) -> Deed:
    """The register of the year, on which the dossier is."""
    number, year = stage.world.row(stage.world.land_at("accepted"))["id"], (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    counter, why = stage.world.actor("counter"), WHY["reason"]
    run = stage.direct(print_register, LONG_KHANH, *year, why, who=counter, now=stage.world.now)
    return Deed(run, stage.rows(reads, dossier_id=number))


def opened_or_printed(act: Callable[..., Any], what: Any) -> Callable[[Stage], Deed]:
    """A file that is downloaded, or a form that is printed."""

    def prepare(stage: Stage) -> Deed:
        code = stage.world.land_at("accepted")
        run = stage.direct(act, code, what, who=stage.world.actor("counter"), now=stage.world.now)
        return Deed(run, stage.rows(reads, dossier_id=stage.world.row(code)["id"]))

    return prepare


def form_printed(stage: Stage) -> Deed:
    """The receipt, issued by its first print."""
    code, now = stage.world.land_at("accepted"), stage.world.now
    run = stage.direct(print_form, code, "01", who=stage.world.actor("counter"), now=now)
    return Deed(run, stage.entries(code, "issue_form"))


def form_corrected(stage: Stage) -> Deed:
    """The receipt, issued a second time with a reason."""
    code = stage.world.land_at("accepted")
    stage.world.try_act("counter", print_form, code, "01")
    run = stage.request("counter", "POST", f"/dossiers/{code}/forms/01/issues", WHY, stage.world.row(code)["version"])
    return Deed(run, stage.entries(code, "issue_form"))


def noticed(stage: Stage) -> Deed:
    """A notice to the role of the specialist."""
    number, now = stage.world.row(stage.world.land_at("checking"))["id"], stage.world.now
    with stage.world.reading() as connection:
        mine = select(outbox.c.id).where(outbox.c.dossier_id == number, outbox.c.template == "viec-moi")
        (notice,) = connection.execute(mine).scalars()
    run = stage.direct(mark_read, notice, who=stage.world.actor("specialist"), now=now)
    return Deed(run, stage.rows(outbox, id=notice, read_at=now))


def message_written(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    run = stage.direct(write_message, code, "Mời đến.", who=stage.world.actor("counter"), now=stage.world.now)
    return Deed(run, stage.entries(code, "send_message"))


def messages_read(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    stage.world.try_act("counter", write_message, code, "Mời đến.")
    run = stage.direct(read_messages, code, who=stage.world.actor("counter"), now=stage.world.now)
    return Deed(run, stage.rows(message_reads, dossier_id=stage.world.row(code)["id"]))


def ended_webhook(stage: Stage) -> Deed:
    number = stage.world.try_act("admin", add_webhook, "https://example.vn/events")["id"]
    return Deed(stage.request("admin", "DELETE", f"/webhooks/{number}"), stage.rows(webhooks, id=number, active=0))


_STEP = {"perform_action.perform_action", "perform_action.take", "perform_action.move"}
_FILE = {
    "file_dossier.file_dossier",
    "open_dossier.open_dossier",
}
_ANSWER = by_applicant("resubmit", ("counter", "receive"), ("counter", "forward"), ("specialist", "ask"))
_FIX = {"number": 1, **WHY}

EFFECTS: Mapping[str, Callable[[Stage], Deed]] = {
    "receive": stepped("counter", "receive", land("new")),
    "refuse": stepped("counter", "refuse", land("new"), **WHY),
    "forward": stepped("counter", "forward", land("accepted")),
    "ask": stepped("specialist", "ask", land("checking"), **WHY),
    "answer": _ANSWER,
    "back": stepped("leader", "send_back", land("signing"), **WHY),
    "submit": stepped("specialist", "finish_review", land("checking")),
    "sign": stepped("leader", "sign", to_sign),
    "finish": stepped("police", "finish", residence_in_work),
    "return": stepped("counter", "return", to_return),
    "withdraw": by_applicant("withdraw", ("counter", "receive")),
    "stop": stepped("police", "stop", residence_in_work),
    "step": stepped("tax", "paid", taxed),
}
"""Effect of an action of the workflow → how it is brought about."""

_MEASURED = {"land.remeasured": True, "land.surveyor": "Đội đo Mẫu"}
DOSSIER_STORIES: Mapping[str, Story] = {
    "file": Story(_FILE, filed(False)),
    "file and receive": Story(_FILE | {"perform_action.take"}, filed(True)),
    **{
        f"action: {effect}": Story(_STEP | ({"sign_result.sign_result"} if effect == "sign" else set()), prepare)
        for effect, prepare in EFFECTS.items()
    },
    "correct the form": Story(
        _STEP | {"change_form.change_form"}, stepped("counter", "correct", land("accepted"), fields=_MEASURED)
    ),
    "open children": Story({"open_children.open_children", "open_dossier.open_dossier"}, with_children),
    "claim": Story({"hold.claim"}, plain("specialist", "PUT", "assignment", {}, "claim")),
    "assign": Story({"hold.assign"}, assigned),
    "release": Story({"hold.release_claim"}, given_back),
    "free": Story({"free_claim.free_claim", "free_claim.free"}, freed),
    "open": Story({"hold.mark_opened"}, plain("specialist", "POST", "opening", {}, "open", versioned=False)),
    "recall": Story({"recall.recall", "perform_action.move"}, plain("counter", "POST", "recalls", WHY, "recall")),
    "take a transfer back": Story({"recall.recall", "transfer.take_back"}, taken_back),
    "transfer": Story(
        {"transfer.transfer"}, plain("leader", "POST", "transfers", {"office": PROVINCE, **WHY}, "transfer")
    ),
    "rectify the form": Story(
        {"rectify.rectify", "change_form.change_form", "follow_form.follow_form"},
        plain("specialist", "POST", "rectifications", {"fields": {"land.area": 130}, **_FIX}, "rectify"),
    ),
    "rectify the applicant": Story(
        {"rectify.rectify", "change_form.change_form"},
        plain("specialist", "POST", "rectifications", {"applicant": {"phone": "0911111111"}, **_FIX}, "rectify"),
    ),
    "extend": Story(
        {"extend_deadline.extend_deadline", "expire_clock.ring_overdue"},
        plain(
            "leader",
            "POST",
            "extensions",
            {"term": {"amount": 2, "unit": "working_day"}, **WHY},
            "extend_deadline",
        ),
    ),
    "link": Story({"link_dossiers.link_dossiers"}, linked),
    "note": Story(
        {"add_note.add_note"}, plain("counter", "POST", "notes", {"text": "Đã gọi."}, "add_note", versioned=False)
    ),
    "upload": Story({"documents.add_document"}, uploaded),
    "check a paper": Story({"documents.check_document"}, checked),
    "take a paper off": Story({"documents.remove_document"}, removed),
    "settle a fee": Story(
        {"settle_fee.settle_fee"},
        plain("counter", "PUT", "fees/le_phi", {"method": "cash", "receipt": "BL-01"}, "settle_fee", "accepted"),
    ),
    "pay back": Story(
        {"settle_refund.settle_refund"}, on_money("refunds", {"method": "cash", "receipt": "PC-1"}, "settle_refund")
    ),
    "correct a payment": Story(
        {"correct_payment.correct_payment"},
        on_money("fee-corrections", {"number": 2, "reason": "nhầm", "receipt": "BL-07"}, "correct_payment"),
    ),
    "take a payment back": Story(
        {"correct_payment.cancel_payment"},
        on_money("fee-cancellations", {"number": 2, "reason": "nhầm"}, "cancel_payment"),
    ),
    "ask an office": Story(
        {"verification.ask_verification"},
        plain(
            "specialist",
            "POST",
            "verifications",
            {"office": "UB-26080", "question": "Đất có tranh chấp không?"},
            "ask_verification",
        ),
    ),
    "answer an office": Story({"verification.answer_verification"}, answered),
    "look at personal data": Story(
        {"read_personal_data.read_personal_data", "read_personal_data.note_reads"},
        looked_at,
        again=EACH,
    ),
    "open a file": Story({"read_personal_data.open_file"}, opened_or_printed(open_file, 1), again=EACH),
    "open a form": Story({"read_personal_data.open_form"}, opened_or_printed(open_form, "06"), again=EACH),
    "renew the link": Story(
        {"renew_link.renew_link"}, plain("counter", "POST", "link-renewals", WHY, "renew_link", "accepted")
    ),
    "print the register": Story(
        {"print_register.print_register", "read_personal_data.note_reads"}, printed, again=EACH
    ),
    "print a form": Story({"issue_form.print_form"}, form_printed, again=EACH),
    "issue a form again": Story({"issue_form.reissue_form"}, form_corrected),
    "mark a notice as read": Story({"notices.mark_read.mark_read"}, noticed),
    "write a message": Story(
        {"messages.write_message"}, message_written, again="each message is one; a page sends it under a key"
    ),
    "read the messages": Story({"messages.read_messages"}, messages_read),
    "add a webhook": Story(
        {"notices.webhooks.add_webhook"},
        lambda stage: Deed(
            stage.request("admin", "POST", "/webhooks", {"url": "https://example.vn/events"}), stage.rows(webhooks)
        ),
    ),
    "end a webhook": Story({"notices.webhooks.end_webhook"}, ended_webhook),
}


def _deed(
    stage: Stage, who: str, method: str, code: str, part: str, body: Any, act: str, versioned: bool = True
) -> Deed:
    version = stage.world.row(code)["version"] if versioned else None
    run = stage.request(who, method, f"/dossiers/{code}/{part}", body, version)
    return Deed(run, stage.entries(code, act))


def _paper(stage: Stage, code: str) -> int:
    wanted = select(documents.c.id).where(documents.c.dossier_id == stage.world.row(code)["id"])
    with stage.world.reading() as connection:
        return int(connection.execute(wanted.order_by(documents.c.id).limit(1)).scalar_one())
