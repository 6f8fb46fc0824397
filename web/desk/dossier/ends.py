"""Doors to the acts that end a dossier or begin it anew: withdraw, reopen, file under the right procedure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from engine.acts.file_dossier import Filed
from engine.acts.refile import refile
from engine.acts.reopen_dossier import reopen_dossier
from engine.acts.settle_children import CHOICES
from engine.acts.withdraw_at_counter import withdraw_at_counter
from engine.dossier.case import Case
from engine.dossier.papers import standing_results
from engine.queries.dossier import papers_of
from engine.text import Text
from engine.transaction import UnitOfWork
from server.values import KEY, PROCEDURE, CodeInBrackets, Line, Prose, WholeInQuery, Word, YesNoInQuery
from web.desk.dossier.doors import Doing, Door, DoorForm, Input, Option, reason
from web.desk.dossier.values import ValuesForm, read_values, value_inputs

_CHILDREN: Mapping[str, Text] = {
    "withdraw": Text("rút cùng", "are withdrawn with it"),
    "continue": Text("tiếp tục riêng", "go on by themselves"),
}


class EndForm(DoorForm):
    """A form that may end a dossier whose linked dossiers still run."""

    children = fields.String(load_default=None, validate=validate.OneOf(CHOICES))


class _Withdraw(EndForm):
    reason = Prose(required=True)
    paper = Line(200, required=True)


class _Reopen(DoorForm):
    reason = Prose(required=True)
    legal = Line(200, required=True)
    state = Word(KEY, load_default=None)
    void = fields.List(WholeInQuery(1), load_default=list, validate=validate.Length(0, 100))


class _Refile(ValuesForm):
    children = fields.String(load_default=None, validate=validate.OneOf(CHOICES))
    procedure = Word(PROCEDURE, required=True)
    reason = Prose(required=True)
    office = CodeInBrackets(load_default=None)
    receive = YesNoInQuery(load_default="true")


def children_input(case: Case) -> tuple[Input, ...]:
    """The question what becomes of linked dossiers; none where the procedure opens none."""
    if not case.release.children:
        return ()
    none: Option = ("", Text("chưa có hồ sơ liên thông nào đang chạy", "no linked dossier runs"))
    label = Text("Hồ sơ liên thông đang chạy", "Linked dossiers that still run")
    return (Input(name="children", label=label, kind="choice", options=(none, *_CHILDREN.items())),)


def _withdraw(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    written = Text("Đơn đề nghị rút hồ sơ", "The written request")
    hint = Text("ngày, người ký", "its date, who signed it")
    why = Text("Lý do người nộp rút", "Why the applicant withdraws")
    return (Input(name="paper", label=written, hint=hint, required=True), reason(why), *children_input(case))


def _reopen(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    standing = set(standing_results(case))
    results: tuple[Option, ...] = tuple((str(one.id), one.name) for one in papers_of(case) if one.id in standing)
    chosen = tuple(value for value, _ in results)
    void = Input(
        name="void",
        label=Text("Kết quả bị hủy", "Results that become void"),
        kind="checks",
        options=results,
        chosen=chosen,
    )
    return (
        Input(name="legal", label=Text("Căn cứ pháp lý", "Legal ground"), required=True),
        reason(Text("Lý do mở lại", "Why it is reopened")),
        *((void,) if results else ()),
    )


def _refile(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    procedures = case.unit.catalogue.procedures(case.unit.today)
    known: tuple[Option, ...] = tuple(
        (
            one.release.procedure,
            Text(f"{one.release.procedure} {one.release.name.vi}", f"{one.release.procedure} {one.release.name.en}"),
        )
        for one in procedures
        if one.release.procedure != case.release.procedure
    )
    wanted = next((one.release for one in procedures if one.release.procedure == path.get("procedure")), None)
    yes_no = (("true", Text("có", "yes")), ("false", Text("không", "no")))
    missing = [key for key in wanted.fields if key not in case.release.fields] if wanted else []
    return (
        Input(
            name="procedure",
            label=Text("Thủ tục đúng", "The right procedure"),
            kind="choice",
            required=True,
            options=known,
            chosen=(wanted.procedure,) if wanted else (),
        ),
        *(value_inputs(wanted, missing, {}) if wanted else ()),
        Input(name="receive", label=Text("Tiếp nhận luôn", "Receive it at once"), kind="choice", options=yes_no),
        reason(Text("Vì sao thủ tục cũ sai", "Why the procedure was wrong")),
        *children_input(case),
    )


def _refiled(unit: UnitOfWork, to: Doing) -> Filed:
    release = unit.catalogue.current(to.form["procedure"], unit.today).release
    return refile(
        unit,
        to.code,
        to.form["procedure"],
        to.form["reason"],
        fields=read_values(release, to.form),
        handler_office=to.form["office"],
        receive=to.form["receive"] == "true",
        children=to.form["children"],
        version=to.version,
    )


def _new_one(filed: Filed) -> str:
    return f"/ho-so/{filed.case.code}"


ENDS = (
    Door(
        name="withdraw",
        noun="withdrawals",
        title=Text("Rút hồ sơ theo đơn", "Withdraw for the applicant"),
        sign="out",
        guard="withdraw",
        schema=_Withdraw,
        inputs=_withdraw,
        doing=lambda unit, to: withdraw_at_counter(
            unit, to.code, to.form["reason"], to.form["paper"], to.form["children"], to.version
        ),
        done=Text("Đã rút hồ sơ theo đề nghị của người nộp.", "The dossier is withdrawn as the applicant asked."),
    ),
    Door(
        name="reopen",
        noun="reopenings",
        title=Text("Mở lại hồ sơ", "Reopen"),
        sign="refresh",
        guard="reopen",
        schema=_Reopen,
        inputs=_reopen,
        doing=lambda unit, to: reopen_dossier(
            unit,
            to.code,
            to.form["reason"],
            to.form["legal"],
            void=to.form["void"],
            state=to.form["state"],
            version=to.version,
        ),
        done=Text("Đã mở lại; thời hạn tính lại từ đầu.", "Reopened; the time limit begins anew."),
        hint=Text(
            "Thời hạn tính lại từ đầu. Người nộp được báo.", "The time limit begins anew. The applicant is told."
        ),
    ),
    Door(
        name="refile",
        noun="refilings",
        title=Text("Hủy tiếp nhận, lập lại đúng thủ tục", "Cancel the reception, file anew"),
        sign="split",
        guard="refile",
        schema=_Refile,
        inputs=_refile,
        doing=_refiled,
        done=Text("Đã lập lại; đây là hồ sơ mới.", "Filed anew; this is the new dossier."),
        hint=Text(
            "Hồ sơ mới nhận người nộp, giấy tờ và các giá trị phù hợp; thời hạn tính từ lúc nhận cũ.",
            "The new dossier takes over applicant, papers and what fits; its clock counts from the old reception.",
        ),
        onward=_new_one,
    ),
)
