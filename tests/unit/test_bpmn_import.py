"""A BPMN diagram becomes the draft of a procedure: what each element becomes, and what is said of those that do not."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from engine.rules.procedure.definition import Release
from tests.workflow_samples.diagrams import END, START, bpmn, flow, lanes, task
from workflows.bpmn.draft import Imported, draft_of
from workflows.bpmn.sentences import LEFT_OUT, REFUSED, SENTENCES, TOLD
from workflows.bpmn.written import Given
from workflows.loader import check_bytes

GIVEN = Given("x.bpmn", dt.date(2027, 1, 1))
ABE = (task("a", "Tiếp nhận"), task("b", "Thẩm định"), START, END)
CHAIN = (*ABE, flow("s", "a"), flow("a", "b"), flow("b", "e"))


def imported(*parts: str, beside: str = "", attributes: str = "", process: str = "") -> Imported:
    return draft_of(bpmn(*parts, beside=beside, attributes=attributes).encode(), GIVEN, "draft.yaml", process)


def drafted(*parts: str, **more: str) -> tuple[Release, dict[str, str]]:
    """The draft, and what was said of the diagram, in English by rule."""
    made = imported(*parts, **more)
    assert made.text is not None, made.problems
    checked = check_bytes(made.text, "draft.yaml", [])
    assert checked.draft is not None, checked.problems
    assert not [one for one in checked.problems if one.severity == "error" and one.rule not in GAPS], checked.problems
    return checked.draft, {one.rule: one.en for one in made.problems if "decide" not in one.rule}


GAPS = {"receive-missing", "return-missing", "no-path-to-final", "unknown-name"}
"""Errors of the linter that are the diagram's own gaps."""


def ways(release: Release) -> set[tuple[str, str, str]]:
    return {(s, key, arm.then) for key, one in release.actions.items() for s in one.sources for arm in one.to}


def refused(*parts: str, **more: str) -> str:
    made = imported(*parts, **more)
    assert made.text is None
    (error,) = [one for one in made.problems if one.severity == "error"]
    assert error.line > 0
    return error.rule


def test_tasks_become_states_and_flows_become_actions() -> None:
    release, told = drafted(*CHAIN)
    assert {key: one.portal for key, one in release.states.items()} == {
        "tiep_nhan": 1, "tham_dinh": 4, "da_tra_ket_qua": 10,
    }  # fmt: skip
    assert ways(release) == {
        ("tiep_nhan", "xong_tiep_nhan", "tham_dinh"), ("tham_dinh", "xong_tham_dinh", "da_tra_ket_qua"),
    }  # fmt: skip
    assert release.initial == "tiep_nhan" and release.sla.starts == "xong_tiep_nhan" and told == {}
    assert (release.roles["counter"].unit, release.actions["xong_tham_dinh"].by) == ("intake", ("specialist",))


def test_what_no_diagram_says_is_to_be_decided_at_a_line_of_the_draft() -> None:
    made = imported(*CHAIN)
    assert made.text is not None
    lines = made.text.splitlines()
    decide = [one for one in made.problems if "decide" in one.rule]
    assert {one.rule for one in decide} == {one for one in TOLD if "decide" in one}
    for one in decide:
        assert one.file == "draft.yaml" and "# ĐIỀN:" in lines[one.line - 1] and one.severity == "information"
    english = draft_of(bpmn(*CHAIN).encode(), Given("x.bpmn", dt.date(2027, 1, 1), language="en"), "d.yaml")
    assert english.text is not None and english.text.count("# FILL IN:") == len(decide)


def test_behind_a_gateway_a_person_chooses() -> None:
    gateway = '<exclusiveGateway id="g" name="Đủ điều kiện?"/>'
    no = '<endEvent id="n" name="Từ chối"/>'
    asked = (flow("g", "e", "có", "${ok}"), flow("g", "n", "không"))
    release, told = drafted(*ABE, gateway, no, flow("s", "a"), flow("a", "b"), flow("b", "g"), *asked)
    assert [one.name.vi for one in release.actions.values()][1:] == ["Đủ điều kiện? – có", "Đủ điều kiện? – không"]
    assert release.states["tu_choi"].portal == 8  # after reception it is a stop
    assert set(told) == {"bpmn-condition"} and "${ok}" in told["bpmn-condition"]
    assert "# ĐIỀN: điều kiện trong sơ đồ: ${ok}" in (
        imported(*ABE, gateway, no, flow("s", "a"), flow("a", "g"), *asked).text or ""
    )


def test_a_gateway_whose_flows_have_conditions_decides_by_itself() -> None:
    gateway = '<exclusiveGateway id="g" default="g-e"/>'
    asked = (flow("g", "c", when="documents.complete"), flow("g", "e"))
    more = (task("c", "Ký"), flow("c", "e"))
    release, told = drafted(*ABE, gateway, *more, flow("s", "a"), flow("a", "b"), flow("b", "g"), *asked)
    (arm, other) = release.actions["xong_tham_dinh"].to
    assert (arm.then, arm.when, other.then, other.when) == ("ky", "documents.complete", "da_tra_ket_qua", None)
    assert told == {}
    named = (flow("g", "c", "đủ", "documents.complete"), flow("g", "e", "thiếu"))
    chosen, _ = drafted(*ABE, gateway, *more, flow("s", "a"), flow("a", "b"), flow("b", "g"), *named)
    assert [one.guard for one in chosen.actions.values()] == [None, "documents.complete", None, None]


def test_lanes_become_roles_and_the_lane_of_the_applicant_is_the_applicant() -> None:
    parts = (lanes(Một_cửa="a s", Chuyên_môn="b", Người_dân="c"), task("c", "Bổ sung"), '<exclusiveGateway id="g"/>')
    back = (flow("b", "g"), flow("g", "e", "đạt"), flow("g", "c", "thiếu"), flow("c", "b"))
    release, _ = drafted(*ABE, *parts, flow("s", "a"), flow("a", "b"), *back)
    assert {key: one.unit for key, one in release.roles.items()} == {"mot_cua": "intake", "chuyen_mon": "handler"}
    waiting = release.states["bo_sung"]
    assert (waiting.portal, waiting.clock, waiting.role) == (5, "paused", None)
    answer = release.actions["xong_bo_sung"]
    assert (answer.by, answer.effect, release.actions["thieu"].effect) == (("mot_cua", "applicant"), "answer", "ask")
    assert {(one.event, one.subject) for one in release.notify} >= {("remind", "bo_sung"), ("entered", "bo_sung")}


def test_lanes_inside_a_lane_make_it_an_office() -> None:
    inner = '<childLaneSet id="k"><lane id="k1" name="Chuyên viên"><flowNodeRef>b</flowNodeRef></lane></childLaneSet>'
    outer = f'<laneSet id="l"><lane id="l1" name="Sở Xây dựng">{inner}</lane></laneSet>'
    release, _ = drafted(*CHAIN, outer)
    assert release.roles["chuyen_vien"].unit == "so_xay_dung" and "so_xay_dung" in release.routing
    assert "# Sở Xây dựng" in (imported(*CHAIN, outer).text or "")


def test_what_the_applicant_files_is_where_a_dossier_begins() -> None:
    parts = (
        lanes(Công_dân="f"),
        task("f", "Nộp hồ sơ"),
        flow("s", "f"),
        flow("f", "a"),
        flow("a", "b"),
        flow("b", "e"),
    )
    release, told = drafted(*ABE, *parts)
    assert release.initial == "tiep_nhan" and "nop_ho_so" not in release.states
    assert set(told) == {"bpmn-filing"}


def test_a_start_with_a_choice_is_a_state_of_its_own() -> None:
    parts = ('<exclusiveGateway id="g"/>', flow("s", "g"), flow("g", "a", "một"), flow("g", "b", "hai"))
    release, told = drafted(*ABE, *parts, flow("a", "e"), flow("b", "e"))
    assert release.initial == "moi_dang_ky" and set(told) == {"bpmn-no-name"}


def test_ends_of_one_name_are_one_state_and_the_same_action_is_written_once() -> None:
    parts = ('<endEvent id="w1" name="Đã rút"/>', '<endEvent id="w2" name="Đã rút"/>')
    out = (flow("a", "w1", "Rút hồ sơ", "x.y"), flow("b", "w2", "Rút hồ sơ", "x.y"), lanes(Cán_bộ="a b"))
    release, _ = drafted(*CHAIN, *parts, *out)
    assert release.actions["rut_ho_so"].sources == ("tiep_nhan", "tham_dinh")
    assert release.states["da_rut"].portal == 7


def test_timers_on_a_step_are_actions_of_the_system() -> None:
    def timer(duration: str) -> str:
        inside = f"<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>"
        return f'<boundaryEvent id="t" name="Hết hạn" attachedToRef="b">{inside}</boundaryEvent>'

    for duration, after in (("P30D", "calendar_day"), ("P4W", "calendar_day"), ("8 working_hour", "working_hour")):
        release, told = drafted(*CHAIN, timer(duration), flow("t", "e"))
        expire = release.actions["het_han"]
        assert expire.after is not None and expire.after.unit == after and expire.by == ("system",) and told == {}
    release, told = drafted(*CHAIN, timer("P1Y2M"), flow("t", "e"))
    assert release.actions["het_han"].after is None and release.actions["het_han"].by == ("specialist",)
    assert "P1Y2M" in told["bpmn-duration"]


def test_notes_and_documentation_become_comments_where_they_belong() -> None:
    note = '<textAnnotation id="n"><text>Chờ\n lấy ý kiến</text></textAnnotation>'
    joined = '<association id="x" sourceRef="n" targetRef="b"/>'
    text = imported(*CHAIN, note, joined, "<documentation>Cả quy trình</documentation>").text or ""
    assert re.search(r"  # Chờ lấy ý kiến\n  tham_dinh:", text)
    assert text.index("# Cả quy trình") < text.index("procedure:")


UNSUPPORTED = {
    "bpmn-parallel": ('<parallelGateway id="g"/>', flow("b", "g"), flow("g", "a"), flow("g", "e")),
    "bpmn-event-gateway": ('<eventBasedGateway id="g"/>', flow("b", "g"), flow("g", "e")),
    "bpmn-event": ('<intermediateCatchEvent id="g" name="Chờ"/>', flow("b", "g"), flow("g", "e", "x")),
    "bpmn-boundary": ('<boundaryEvent id="g" name="Lỗi" attachedToRef="b"><errorEventDefinition/></boundaryEvent>',),
    "bpmn-many-starts": ('<startEvent id="g" name="Khác"/>',),
    "bpmn-subprocess": (task("g", "Con", task("inner"), tag="subProcess"), flow("b", "g"), flow("g", "e")),
    "bpmn-event-subprocess": ('<subProcess id="g" triggeredByEvent="true"/>',),
    "bpmn-task-kind": (task("g", "Gửi", tag="serviceTask"), flow("b", "g"), flow("g", "e")),
    "bpmn-loop": (task("g", "Nhiều", "<multiInstanceLoopCharacteristics/>"), flow("b", "g"), flow("g", "e")),
    "bpmn-split": (task("g", "Nhánh"), flow("b", "g"), flow("g", "e")),
    "bpmn-gateway-loop": (
        '<exclusiveGateway id="g"/><exclusiveGateway id="h"/>', flow("b", "g"), flow("g", "h"), flow("h", "g"),
        flow("h", "e"),
    ),
    "bpmn-nowhere": ('<exclusiveGateway id="g"/>', flow("b", "g", "x")),
    "bpmn-no-way-out": (task("g", "Cụt"), flow("b", "g")),
    "bpmn-unreached": (task("g", "Lẻ"),),
    "bpmn-flow-default": ('<userTask id="g" name="Ký" default="nothing"/>', flow("b", "g"), flow("g", "e")),
    "bpmn-lane-ref": (lanes(Làn="nobody"),),
    "bpmn-trigger": ('<endEvent id="g" name="Hủy"><terminateEventDefinition/></endEvent>', flow("b", "g")),
    "bpmn-unknown-element": ('<choreographyTask id="g" name="Vũ đạo"/>',),
    "bpmn-no-name": ('<userTask id="g"/>', flow("b", "g"), flow("g", "e")),
    "bpmn-data": ('<dataObjectReference id="g" name="Giấy tờ"/>',),
}  # fmt: skip


@pytest.mark.parametrize("rule", UNSUPPORTED)
def test_what_is_not_imported_is_named_with_its_id_and_what_to_do(rule: str) -> None:
    parts = UNSUPPORTED[rule]
    release, told = drafted(*CHAIN, *parts)
    assert rule in told, told
    named = "(b)" if rule == "bpmn-split" else "(lane0)" if rule == "bpmn-lane-ref" else "(g)"
    assert named in told[rule]
    assert release.initial == "tiep_nhan"
    if SENTENCES[rule].severity == "warning":
        assert "# Khác với sơ đồ, dòng" in (imported(*CHAIN, *parts).text or "")


def test_pools_and_messages_beside_the_process_are_named() -> None:
    other = f'<process id="q" name="Nơi khác">{task("z")}</process>'
    pools = (
        '<collaboration id="c"><participant id="p1" name="Ngân hàng"/><participant id="p2" name="Sở" processRef="p"/>'
        '<messageFlow id="m" name="Tin" sourceRef="a" targetRef="z"/></collaboration>'
    )
    _, told = drafted(*CHAIN, beside=other + pools)
    assert set(told) == {"bpmn-other-process", "bpmn-pool", "bpmn-message-flow"}
    assert "(q)" in told["bpmn-other-process"] and "(p1)" in told["bpmn-pool"] and "(m)" in told["bpmn-message-flow"]
    assert refused(*CHAIN, beside=other, process="x") == "bpmn-unknown-process"


REFUSALS = {
    "bpmn-no-process": (START, END, flow("s", "e")),
    "bpmn-duplicate-id": (*CHAIN, task("a")),
    "bpmn-no-id": (*CHAIN, "<userTask name='x'/>"),
    "bpmn-dangling": (*CHAIN, flow("a", "gone")),
    "bpmn-no-start": (task("a"), task("b"), END, flow("a", "e"), flow("b", "e")),
}


@pytest.mark.parametrize("rule", REFUSALS)
def test_what_cannot_be_drafted_is_refused(rule: str) -> None:
    assert refused(*REFUSALS[rule]) == rule


def test_a_process_without_a_start_event_begins_at_its_one_first_step() -> None:
    release, _ = drafted(task("a", "Một"), task("b", "Hai"), END, flow("a", "b"), flow("b", "e"))
    assert release.initial == "mot"


@pytest.mark.parametrize("levels", [20, 60])
def test_gateways_that_multiply_ways_are_refused_before_they_take_time(levels: int) -> None:
    parts = [*CHAIN, flow("b", "g0", "x")]
    for one in range(levels):
        parts += [
            f'<exclusiveGateway id="g{one}"/>',
            f'<exclusiveGateway id="x{one}"/>',
            f'<exclusiveGateway id="y{one}"/>',
        ]
        for way in "xy":
            parts += [flow(f"g{one}", f"{way}{one}"), flow(f"{way}{one}", f"g{one + 1}")]
    assert refused(*parts, f'<exclusiveGateway id="g{levels}"/>') == "bpmn-too-many"


def test_every_sentence_is_said_in_both_languages_and_in_one_test() -> None:
    assert not {one for one, rule in SENTENCES.items() if not rule.vi or not rule.en}
    hostile = {"bpmn-not-xml", "bpmn-entities", "bpmn-encoding", "bpmn-too-large", "bpmn-too-deep", "bpmn-not-bpmn"}
    here = {"bpmn-too-many", "bpmn-unknown-process", "bpmn-notes-cut", "bpmn-condition", "bpmn-filing", "bpmn-duration"}
    beside = {"bpmn-other-process", "bpmn-pool", "bpmn-message-flow"}
    assert {*REFUSED, *LEFT_OUT, *TOLD} == {*hostile, *here, *beside, *REFUSALS, *UNSUPPORTED, *_decided()}


def _decided() -> set[str]:
    return {one for one in TOLD if "decide" in one}


def test_long_notes_are_cut_and_that_is_said() -> None:
    notes = "".join(f"<documentation>{number} {'x' * 380}</documentation>" for number in range(150))
    made = imported(*CHAIN, notes)
    assert made.text is not None and len(made.text) < 80_000
    assert "bpmn-notes-cut" in {one.rule for one in made.problems}
