"""The acts on the ends of a dossier's life, ready to be killed in."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from engine.acts.documents import add_document
from engine.acts.fetch_result import fetch_result
from engine.acts.file_dossier import file_dossier
from engine.acts.parties import add_party
from engine.acts.perform_action import perform_action
from engine.acts.settle_fee import settle_fee
from engine.store.documents import documents
from engine.store.dossiers import dossiers
from engine.store.journal import reads
from engine.store.parties import parties
from tests.faults.crash_stage import Deed, Stage, Story
from tests.installation.filings import PDF
from tests.installation.short_releases import RESIDENCE

WHY = {"reason": "Cần làm rõ một điểm."}
_STEP = {"perform_action.take", "perform_action.move", "settle_children.decide_children"}


def changed(
    who: str, part: str, body: Mapping[str, Any], act: str, bring: Callable[[Stage], str]
) -> Callable[[Stage], Deed]:
    """An act on a dossier that ``bring`` made ready, by its address and body."""

    def prepare(stage: Stage) -> Deed:
        code = bring(stage)
        run = stage.request(who, "POST", f"/dossiers/{code}/{part}", dict(body), stage.world.row(code)["version"])
        return Deed(run, stage.entries(code, act))

    return prepare


def returned(stage: Stage) -> str:
    code = stage.world.land_at("signing")
    stage.world.try_act("leader", add_document, code, key="ket_qua", content=PDF)
    stage.world.try_act("leader", perform_action, code, "sign")
    for key in stage.world.fees(code):
        stage.world.try_act("counter", settle_fee, code, key, "cash", "BL-02")
    stage.world.try_act("counter", perform_action, code, "return")
    return code


def filed_anew(stage: Stage) -> Deed:
    code = stage.world.land_at("accepted")
    body = {"procedure": RESIDENCE, "fields": {"home.commune": "26080"}, **WHY}
    run = stage.request("counter", "POST", f"/dossiers/{code}/refilings", body, stage.world.row(code)["version"])
    return Deed(run, stage.rows(dossiers, procedure=RESIDENCE))


def late(stage: Stage) -> Deed:
    code = returned(stage)
    form = {"key": "other", "late_reason": "Đến sau", "file": lambda: (io.BytesIO(PDF), "a.pdf", "application/pdf")}
    run = stage.request("counter", "POST", f"/dossiers/{code}/documents", **form)
    return Deed(run, stage.rows(documents, dossier_id=stage.world.row(code)["id"]))


def fetched(stage: Stage) -> Deed:
    code = returned(stage)
    run = stage.direct(fetch_result, code, who=stage.world.citizen(code), now=stage.world.now)
    return Deed(run, stage.rows(reads, dossier_id=stage.world.row(code)["id"]))


def ended_party(stage: Stage) -> Deed:
    code = stage.world.land_at("checking")
    _, number = stage.world.try_act("counter", add_party, code, "co_applicant", {"name": "Lê Văn Cùng"})
    version = stage.world.row(code)["version"]
    run = stage.request("counter", "DELETE", f"/dossiers/{code}/parties/{number}", dict(WHY), version)
    return Deed(run, stage.entries(code, "end_party"))


def with_parties(stage: Stage) -> Deed:
    filing = stage.world.filing(parties=[{"kind": "co_applicant", "name": "Lê Văn Cùng"}])
    run = stage.direct(file_dossier, filing, who=stage.world.actor("counter"), now=stage.world.now)
    return Deed(run, stage.rows(parties, name="Lê Văn Cùng"))


def checking(stage: Stage) -> str:
    return stage.world.land_at("checking")


HEIR = {"applicant": {"kind": "citizen", "name": "Nguyễn Thị Thừa Kế", "commune": "26080"}, "proof": "Trích lục", **WHY}
STORIES_OF_ENDS: Mapping[str, Story] = {
    "withdraw at the counter": Story(
        _STEP | {"withdraw_at_counter.withdraw_at_counter"},
        changed(
            "counter", "withdrawals", {**WHY, "paper": "Đơn"}, "withdraw", lambda stage: stage.world.land_at("checking")
        ),
    ),
    "reopen": Story(
        {"reopen_dossier.reopen_dossier", "perform_action.move"},
        changed("leader", "reopenings", {**WHY, "legal": "Luật"}, "reopen", returned),
    ),
    "file anew": Story({"refile.refile", "open_dossier.open_dossier", *_STEP}, filed_anew),
    "name somebody": Story(
        {"parties.add_party", "parties.enter_party", "change_form.find_by"},
        changed("counter", "parties", {"kind": "co_applicant", "name": "Lê Văn Cùng"}, "add_party", checking),
    ),
    "file with somebody": Story(
        {"parties.enter_party", "file_dossier.file_dossier"}, with_parties, again="each filing is one more"
    ),
    "end somebody": Story({"parties.end_party"}, ended_party),
    "hand over": Story(
        {"parties.hand_over"}, changed("counter", "handovers", {"tracking": "EE1"}, "hand_over", returned)
    ),
    "let an heir go on": Story(
        {"succeed_applicant.succeed_applicant", "change_form.change_form"},
        changed("counter", "successions", HEIR, "succeed_applicant", checking),
    ),
    "a paper after the end": Story({"documents.add_document"}, late),
    "fetch the result": Story({"fetch_result.fetch_result"}, fetched, again="each look is written down"),
}
