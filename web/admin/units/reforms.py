"""The pages of reorganisations: the plans, and one plan with its picture, checks, approval, progress and triage."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from flask import Response, g, request
from marshmallow import fields, validate

from engine.acts.reform import orders
from engine.acts.reform.decide_groups import decide_groups
from engine.acts.reform.decide_many import Decided
from engine.acts.reform.drafts import ask_plan
from engine.acts.reform.run import open_run
from engine.errors import NotFound, wrong
from engine.queries.reform_file import plan_content
from engine.queries.reform_groups import WaitingGroup
from engine.queries.reform_plans import PlanView, draft_lines, plan_lines, plan_view
from engine.reform.document import PlanFile, read_plan
from engine.rules.reform.policy import Reform
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, reading
from server.values import Line, Prose, Words
from web.admin.units.flow_picture import flow_picture
from web.admin.units.plan_words import STAGES, STANDING, checks_of
from web.attachment import attachment
from web.form_values import typed_all
from web.once import once
from web.pages import Pages
from web.render import render
from workflows.reform_files import REFORMS, ReformRefused, check_reform, read_reform
from workflows.yaml_reader import MOST_BYTES

reforms = Pages("reforms", audience="admin")
LIST = "/quan-tri/sap-xep"
_DIGEST = re.compile(r"[0-9a-f]{64}")


_PUT_UP = Text("Đã trình kế hoạch. Người quản trị khác phê duyệt.", "Put up. Another administrator approves it.")


class PolicyForm(Words):
    """A shipped policy by its name, or one that was pasted; a file comes beside it and wins."""

    shipped = Line(80)
    policy = fields.String(load_default="", validate=validate.Length(max=MOST_BYTES))


class PlanForm(Words):
    """A plan that was pasted; a file comes beside it."""

    plan = fields.String(load_default="")


class Approval(Words):
    """The first characters of the plan's number, read from the paper."""

    typed = Line(40, required=True)


class WayBack(Words):
    """Why a plan is taken back."""

    reason = Prose(1000, required=True)


class GroupDecision(Words):
    """The chosen groups, where each group goes (``group>commune``), the legal text and the reason."""

    groups = fields.List(Line(40), load_default=list)
    targets = fields.List(Line(60), load_default=list)
    legal = Line(300, required=True)
    reason = Prose(1000, required=True)


@reforms.page(LIST, access=Access.STAFF)
def show_all() -> str:
    """Plans of reorganisations"""
    with reading() as unit:
        return render(
            "admin/units/reforms.html",
            plans=plan_lines(unit),
            drafts=draft_lines(unit),
            policies=sorted(path.name for path in REFORMS.glob("*.yaml")),
            problems=refused.problems if isinstance(refused := g.get("refused"), ReformRefused) else (),
            stages=STAGES,
            standing=STANDING,
        )


@reforms.page(LIST + "/<digest>", access=Access.STAFF)
def show(digest: str) -> str:
    """A plan of a reorganisation"""
    with reading() as unit:
        view = plan_view(unit, _known(digest), request.args.get("tinh", ""))
        return render(
            "admin/units/reform.html",
            plan=view,
            picture=flow_picture(view.flow),
            checks=checks_of(view),
            stages=STAGES,
            standing=STANDING,
            digits=orders.DIGITS,
            ticked=typed_all("groups"),
            aimed=typed_all("targets"),
        )


@reforms.page(LIST + "/<digest>/ke-hoach.json", access=Access.ADMIN)
def download(digest: str) -> Response:
    """The file of a plan"""
    with reading() as unit:
        content = plan_content(unit, _known(digest))
    return attachment(content, f"plan-{digest[:12]}.json", "application/json")


@reforms.post(LIST, access=Access.ADMIN, form=PlanForm, again=show_all)
def put_up(form: dict[str, Any]) -> Response:
    """Put a plan up for approval"""
    sent = request.files.get("file")
    content = sent.stream.read() if sent is not None and sent.filename else _pasted(form["plan"])
    if not content.strip():
        raise wrong("file", "hãy chọn tệp kế hoạch hoặc dán nội dung", "choose the plan's file, or paste it")
    with tempfile.TemporaryDirectory() as folder:
        plan = _read(content, Path(folder) / "plan.json")
        return once(
            "put_up_reform",
            lambda unit: orders.put_up(unit, plan),
            to=(LIST + "/{}").format,
            done=_PUT_UP,
        )


@reforms.post(LIST + "/chinh-sach", access=Access.ADMIN, form=PolicyForm, again=show_all, keeps=(ReformRefused,))
def plan(form: dict[str, Any]) -> Response:
    """Have a plan made of a policy; nothing is changed"""
    reform = _policy(form)
    done = Text("Đang lập kế hoạch. Trang này tự cập nhật.", "The plan is being made. This page follows.")
    return once("ask_reform_plan", lambda unit: ask_plan(unit, reform), to=f"{LIST}#lap", done=done)


@reforms.post(LIST + "/<digest>/proposals", access=Access.ADMIN, again=show)
def propose(digest: str) -> Response:
    """Put up a plan that was made here"""
    known = _known(digest)
    return once("put_up_reform", lambda unit: orders.put_up_kept(unit, known), to=_to(known), done=_PUT_UP)


@reforms.post(LIST + "/<digest>/approvals", access=Access.ADMIN, form=Approval, again=show, step_up=True)
def approve(digest: str, form: dict[str, Any]) -> Response:
    """Approve a plan by its number, or the way back"""
    known, done = _known(digest), Text("Đã phê duyệt.", "Approved.")
    return once("approve_reform", lambda unit: orders.approve(unit, known, form["typed"]), to=_to(known), done=done)


@reforms.post(LIST + "/<digest>/runs", access=Access.ADMIN, again=show, step_up=True)
def begin(digest: str) -> Response:
    """Begin to apply an approved plan"""
    known = _known(digest)
    done = Text("Đang áp dụng. Trang này tự cập nhật.", "It is being applied. This page follows.")
    return once("begin_reform", lambda unit: orders.begin(unit, known), to=_to(known), done=done)


@reforms.post(LIST + "/<digest>/withdrawals", access=Access.ADMIN, again=show)
def withdraw(digest: str) -> Response:
    """Withdraw what was asked for"""
    known, done = _known(digest), Text("Đã rút đề nghị.", "Withdrawn.")
    return once("withdraw_reform", lambda unit: orders.withdraw(unit, known), to=_to(known), done=done)


@reforms.post(LIST + "/<digest>/reverts", access=Access.ADMIN, form=WayBack, again=show)
def revert(digest: str, form: dict[str, Any]) -> Response:
    """Ask to take an applied plan back"""
    known = _known(digest)
    done = Text("Đã đề nghị hoàn lại. Người quản trị khác phê duyệt.", "Asked for. Another administrator approves it.")
    return once("ask_revert", lambda unit: orders.ask_revert(unit, known, form["reason"]), to=_to(known), done=done)


@reforms.post(LIST + "/<digest>/decisions", access=Access.STAFF, form=GroupDecision, again=show)
def decide(digest: str, form: dict[str, Any]) -> Response:
    """Decide where groups of waiting dossiers go"""
    with reading() as unit:
        number = plan_view(unit, _known(digest)).number
    if number is None:
        raise NotFound(what=f"reform plan {digest[:12]}")
    run = open_run(runtime(), number)

    def doing(unit: UnitOfWork) -> Decided:
        chosen = _chosen(plan_view(unit, digest), form)
        return decide_groups(unit, run, chosen, {"legal": form["legal"], "reason": form["reason"]})

    return once("decide_groups", doing, to=f"{LIST}/{digest}#cho", done=_decided)


def _policy(form: dict[str, Any]) -> Reform:
    """The policy that was given in one of three ways. Raises InvalidInput, ReformRefused."""
    known, sent = runtime().catalogue.map, request.files.get("policy_file")
    if sent is not None and sent.filename:
        reform, problems = check_reform(sent.stream.read(MOST_BYTES + 1), "policy.yaml", known)
    elif form["policy"].strip():
        reform, problems = check_reform(str(form["policy"]), "policy.yaml", known)
    elif (REFORMS / (name := form.get("shipped", ""))) in REFORMS.glob("*.yaml"):
        return read_reform(REFORMS / name, known)
    else:
        raise wrong("policy", "hãy chọn, tải lên hoặc dán một chính sách", "choose a policy, upload it or paste it")
    if reform is None:
        raise ReformRefused(problems)
    return reform


def _known(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise NotFound(what=f"reform plan {digest[:12]}")
    return digest


def _to(digest: str) -> str:
    return f"{LIST}/{digest}"


def _pasted(text: str) -> bytes:
    """A browser sends line ends as CR LF, which no plan has."""
    return (text.replace("\r\n", "\n").strip() + "\n").encode() if text.strip() else b""


def _read(content: bytes, path: Path) -> PlanFile:
    path.write_bytes(content)
    return read_plan(path)


def _chosen(view: PlanView, form: dict[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """The codes of each chosen group, with the commune that was chosen for it. Raises InvalidInput."""
    waiting: dict[str, WaitingGroup] = {one.key: one for one in view.waiting}
    aims = dict(one.split(">", 1) for one in form["targets"] if ">" in one)
    chosen = [(waiting[key].codes, aims.get(key, "")) for key in form["groups"] if key in waiting]
    if form["groups"] and not chosen:
        raise wrong("groups", "các nhóm đã chọn không còn chờ", "the chosen groups wait no more")
    if not chosen:
        raise wrong("groups", "hãy chọn ít nhất một nhóm", "choose at least one group")
    if any(not target for _, target in chosen):
        raise wrong("targets", "hãy chọn nơi đến cho mỗi nhóm đã chọn", "choose where each chosen group goes")
    return chosen


def _decided(done: Decided) -> Text:
    if done.left:
        return Text(
            f"Đã chuyển {done.moved} hồ sơ; còn {done.left} hồ sơ, hãy quyết định tiếp.",
            f"{done.moved} dossiers were moved; {done.left} are left, decide again.",
        )
    return Text(
        f"Đã quyết định cho {done.asked} hồ sơ, {done.moved} đã chuyển.",
        f"Decided for {done.asked} dossiers, {done.moved} were moved.",
    )
