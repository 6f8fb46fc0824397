"""The machine: steps, refusals in words, and that one machine serves all threads and never moves on a refusal."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transitions import Machine

from engine.rules.procedure.checks import BadRelease
from engine.rules.procedure.definition import (
    Action,
    Branch,
    Child,
    Document,
    Fee,
    Field,
    MalformedRelease,
    Release,
    Route,
    Sla,
    State,
    Term,
    TermBranch,
    release_from_bytes,
)
from engine.rules.procedure.fields import InvalidFields
from engine.rules.procedure.machine import (
    ActionNotInState,
    GuardFailed,
    Step,
    UnknownAction,
    UnknownState,
    compile_release,
    role_name,
)
from engine.text import Text
from tests.installation.land_release import FUNCTIONS, land_release
from tests.installation.releases import text

RELEASE = land_release()
WORKFLOW = compile_release(RELEASE, FUNCTIONS)
READY: dict[str, Any] = {"documents": {"complete": True}, "land": {"area": 120}}


def test_a_step_says_what_changes() -> None:
    assert WORKFLOW.advance("new", "receive", READY) == Step("receive", "new", "accepted", "receive")


def test_the_first_branch_that_holds_is_taken() -> None:
    taxed = {"land": {"tax_due": True}, "verifications": {"open": 2}}
    assert WORKFLOW.advance("checking", "finish_review", taxed).target == "finance"
    assert WORKFLOW.advance("checking", "finish_review", {}).target == "signing"


@pytest.mark.parametrize(
    ("facts", "target"),
    [
        ({"fees": {"settled": True}, "land": {"tax_due": True}}, "finance"),
        ({"fees": {"settled": True}}, "signing"),
        ({"land": {"tax_due": True}}, None),
    ],
)
def test_a_guard_holds_for_every_branch(facts: dict[str, Any], target: str | None) -> None:
    branches = (Branch("finance", "land.tax_due"), Branch("signing"))
    acting = Action(text("x"), ("checking",), branches, ("specialist",), "submit", guard="fees.settled")
    workflow = compile_release(land_release(actions=RELEASE.actions | {"finish_review": acting}), FUNCTIONS)
    if target is not None:
        assert workflow.advance("checking", "finish_review", facts).target == target
        return
    with pytest.raises(GuardFailed):
        workflow.advance("checking", "finish_review", facts)


def test_no_branch_holds() -> None:
    with pytest.raises(GuardFailed, match="no branch of this step fits"):
        WORKFLOW.advance("checking", "finish_review", {"verifications": {"open": 2}})


def test_an_unknown_action_names_the_known_ones() -> None:
    with pytest.raises(UnknownAction, match="receive, refuse, forward"):
        WORKFLOW.advance("new", "recieve", {})


@pytest.mark.parametrize("state", ["", "gone", "*"])
def test_an_unknown_state_is_refused(state: str) -> None:
    with pytest.raises(UnknownState, match=r"1\.012783"):
        WORKFLOW.advance(state, "receive", READY)
    with pytest.raises(UnknownState):
        WORKFLOW.options(state, None, {})


def test_an_action_from_another_state_names_what_is_possible() -> None:
    with pytest.raises(ActionNotInState) as caught:
        WORKFLOW.advance("new", "sign", READY)
    assert caught.value.facts["allowed"] == ["receive", "refuse"]
    assert caught.value.sentence("vi") == (
        'Không thể "Ký duyệt" khi hồ sơ đang ở "Mới đăng ký". Có thể: receive, refuse.'
    )


@pytest.mark.parametrize(
    ("state", "action", "facts", "vi", "en"),
    [
        (
            "new",
            "receive",
            {"documents": {"missing": ["don", "gcn"]}, "land": {"area": 5}},
            'Chưa thể "Tiếp nhận": còn thiếu giấy tờ: Đơn đăng ký; Giấy chứng nhận đã cấp.',
            '"Accept" is not possible yet: documents are missing: Application; Certificate.',
        ),
        (
            "new",
            "receive",
            {"documents": {"complete": True}},
            'Chưa thể "Tiếp nhận": chưa thoả điều kiện về Diện tích (land.area > 0).',
            '"Accept" is not possible yet: the condition on Area does not hold (land.area > 0).',
        ),
        (
            "new",
            "receive",
            {"land": {"area": 5}},
            'Chưa thể "Tiếp nhận": giấy tờ chưa được xác nhận là đủ.',
            '"Accept" is not possible yet: the documents are not marked complete.',
        ),
        (
            "ready",
            "return",
            {"fees": {"due": 1_250_000}},
            'Chưa thể "Trả kết quả": chưa nộp đủ phí, lệ phí (còn 1.250.000 đồng).',
            '"Return" is not possible yet: the fees are not settled (1,250,000 đồng due).',
        ),
    ],
)
def test_a_failed_guard_says_what_is_lacking(state: str, action: str, facts: dict[str, Any], vi: str, en: str) -> None:
    with pytest.raises(GuardFailed) as caught:
        WORKFLOW.advance(state, action, facts)
    assert caught.value.sentence("vi") == vi
    assert caught.value.sentence("en") == en


@pytest.mark.parametrize(
    ("guard", "vi"),
    [
        ("children.finished", "hồ sơ liên thông chưa xong"),
        ("verifications.open == 0", "còn 2 xác minh chưa có trả lời"),
        ("land.tax_due", "chưa có: Phải nộp thuế"),
        ("!applicant.verified && fees.settled", "chưa nộp đủ phí, lệ phí"),
    ],
)
def test_the_words_for_common_guards(guard: str, vi: str) -> None:
    actions = RELEASE.actions | {
        "forward": Action(text("Chuyển"), ("accepted",), (Branch("checking"),), ("counter",), "forward", guard=guard)
    }
    workflow = compile_release(land_release(actions=actions), FUNCTIONS)
    option = next(
        o for o in workflow.options("accepted", None, {"verifications": {"open": 2}}) if o.action == "forward"
    )
    assert option.why is not None
    assert option.why.vi == vi


def test_options_list_every_action_with_the_reason_why_not() -> None:
    options = {option.action: option for option in WORKFLOW.options("signing", {"specialist"}, READY)}
    assert list(options) == sorted(RELEASE.actions)
    assert not any(option.allowed for option in options.values())
    assert options["sign"].why == text("thuộc quyền của: Lãnh đạo ký", "reserved for: Leader")
    assert options["receive"].why == text(
        'chỉ làm được khi hồ sơ ở "Mới đăng ký"; hồ sơ đang ở "Chờ ký"',
        'only possible from "New"; the dossier is in "Awaiting signature"',
    )
    sign = next(option for option in WORKFLOW.options("signing", {"leader"}, READY) if option.action == "sign")
    assert sign.allowed
    assert sign.why is None
    assert (sign.needs.attach, sign.needs.signature, sign.needs.reason) == ("ket_qua", True, False)
    withdraw = next(o for o in WORKFLOW.options("checking", {"counter"}, READY) if o.action == "withdraw")
    assert withdraw.why == text("thuộc quyền của: người nộp hồ sơ", "reserved for: the applicant")


FACTS = st.fixed_dictionaries(
    {
        "documents": st.fixed_dictionaries({"complete": st.booleans()}),
        "land": st.fixed_dictionaries({"area": st.integers(0, 2), "tax_due": st.booleans()}),
        "verifications": st.fixed_dictionaries({"open": st.integers(0, 1)}),
        "fees": st.fixed_dictionaries({"settled": st.booleans()}),
    }
)


@given(state=st.sampled_from(list(RELEASE.states)), action=st.sampled_from(list(RELEASE.actions)), facts=FACTS)
def test_options_and_advance_never_disagree(state: str, action: str, facts: dict[str, Any]) -> None:
    option = next(o for o in WORKFLOW.options(state, None, facts) if o.action == action)
    try:
        step = WORKFLOW.advance(state, action, facts)
    except (GuardFailed, ActionNotInState):
        assert not option.allowed
        return
    assert option.allowed
    assert step.source == state
    assert step.target in [branch.then for branch in RELEASE.actions[action].to]


def test_a_refused_guard_never_moves_the_position(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[str] = []
    set_state = Machine.set_state

    def watched(self: Machine, state: Any, model: Any = None) -> None:
        moved.append(str(state))
        set_state(self, state, model)

    monkeypatch.setattr(Machine, "set_state", watched)
    for facts in ({}, {"documents": {"complete": True}}, {"land": {"area": 1}}):
        with pytest.raises(GuardFailed):
            WORKFLOW.advance("new", "receive", facts)
    assert moved == []


def test_one_machine_serves_many_threads() -> None:
    wrong: list[str] = []
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        taxed = number % 2 == 0
        facts = {"land": {"tax_due": taxed}}
        barrier.wait()
        for _ in range(150):
            if WORKFLOW.advance("checking", "finish_review", facts).target != ("finance" if taxed else "signing"):
                wrong.append("branch")
            try:
                WORKFLOW.advance("ready", "return", {"fees": {"settled": taxed}})
                wrong.extend([] if taxed else ["guard"])
            except GuardFailed:
                wrong.extend(["guard"] if taxed else [])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_the_release_asks_for_follows_the_facts() -> None:
    measured = {"land": {"remeasured": True, "commune": "26083"}, "pages": 3}
    assert WORKFLOW.total_term({}) == Term(5, "working_day")
    assert WORKFLOW.total_term(measured) == Term(10, "working_day")
    assert list(WORKFLOW.documents_required({})) == ["don", "gcn"]
    assert list(WORKFLOW.documents_required(measured)) == ["don", "gcn", "trich_do"]
    assert WORKFLOW.fees_due({}, "75") == {"le_phi": 50_000, "trang": 0}
    assert WORKFLOW.fees_due(measured, "79") == {"le_phi": 30_000, "trang": 6_000, "do_dac": 200_000}
    assert WORKFLOW.route_branch("handler", {}) == "VPDK-TINH"
    assert WORKFLOW.route_branch("handler", measured) == "VPDK-CN-LONGKHANH"
    assert WORKFLOW.route_branch("tax", measured) is None


def test_notices_and_children() -> None:
    assert [notice.template for notice in WORKFLOW.notices("entered", "accepted")] == ["da-tiep-nhan"]
    assert WORKFLOW.notices("entered", "ready") == ()
    assert [notice.template for notice in WORKFLOW.notices("overdue")] == ["qua-han"]
    assert WORKFLOW.children_opened("returned", {}) == ()
    measured = {"land": {"remeasured": True, "commune": "26083"}}
    assert [key for key, _ in WORKFLOW.children_opened("returned", measured)] == ["residence"]
    assert WORKFLOW.child_values("residence", measured) == {"home.commune": "26083"}


def test_a_release_that_was_stored_does_the_same() -> None:
    stored = compile_release(release_from_bytes(RELEASE.canonical()), FUNCTIONS)
    assert stored.digest == WORKFLOW.digest
    assert stored.options("new", None, READY) == WORKFLOW.options("new", None, READY)


@pytest.mark.parametrize("broken", [{}, {"procedure": 1}, {"more": 1}])
def test_what_is_no_release_is_refused(broken: dict[str, Any]) -> None:
    data = (json.loads(RELEASE.canonical()) | broken) if broken else {}
    with pytest.raises(MalformedRelease):
        release_from_bytes(json.dumps(data))
    assert release_from_bytes(RELEASE.canonical()) == RELEASE


def _broken(part: str, key: str, value: Any) -> Release:
    return land_release(**{part: getattr(RELEASE, part) | {key: value}})


@pytest.mark.parametrize(
    ("release", "says"),
    [
        (_broken("states", "second", State(text("x"), 1, "not_started", initial=True)), "exactly one state"),
        (_broken("states", "*", State(text("x"), 1, "not_started")), "a key has letters"),
        (_broken("actions", "=", RELEASE.actions["sign"]), "a key has letters"),
        (_broken("actions", "os.system", RELEASE.actions["sign"]), "a key has letters"),
        (_broken("actions", "x", Action(text("x"), ("new",), (Branch("gone"),), (), "step")), 'no state "gone"'),
        (_broken("actions", "x", Action(text("x"), ("*",), (Branch("new"),), (), "step")), 'no state "\\*"'),
        (
            _broken("actions", "x", Action(text("x"), ("new",), (Branch("new"),), (), "step", attach="gone")),
            'no document "gone"',
        ),
        (
            _broken("actions", "x", Action(text("x"), ("new",), (Branch("new"),), (), "step", guard="fees.setled")),
            r'guards\[x\]:6: "fees" has no property "setled". Did you mean "settled"',
        ),
        (_broken("fees", "x", Fee(text("x"), 1, per="owner.name")), 'no number fact "owner.name"'),
        (_broken("fees", "x", Fee(text("x"), 1, when="pages")), "must answer yes or no"),
        (land_release(sla=Sla((TermBranch(Term(1, "working_day"), "land.remeasured"),))), "must be else"),
        (land_release(sla=Sla(())), "must be else"),
        (
            _broken("routing", "tax", Route(by="competent", place="gone")),
            r'routing\[tax\].place: there is no fact "gone"',
        ),
        (_broken("children", "x", Child("1", text("x"), "gone")), r'children\[x\]: there is no state "gone"'),
        (
            _broken("children", "x", Child("1", text("x"), "new", fields={"a": "gone"})),
            r'children\[x\].fields: there is no fact "gone"',
        ),
        (
            _broken("children", "x", Child("1", text("x"), "new", when="gone")),
            r'children\[x\]:1: There is no name "gone"',
        ),
        (_broken("fees", "x", Fee(text("x"), 1, per="gone")), r'fees\[x\].per: there is no number fact "gone"'),
        (_broken("documents", "x", Document(text("x"), when="gone")), r'documents\[x\]:1: There is no name "gone"'),
        (_broken("fields", "x", Field("text", text("x"), when="gone")), r'fields\[x\]:1: There is no name "gone"'),
        (
            _broken("routing", "tax", Route(branches=(Branch("A", "true"), Branch("B", "gone"), Branch("C")))),
            r'routing.tax\[1\]:1: There is no name "gone"',
        ),
        (
            land_release(sla=Sla((TermBranch(Term(1, "working_day"), "gone"), TermBranch(Term(1, "working_day"))))),
            r'sla.total\[0\]:1: There is no name "gone"',
        ),
    ],
)
def test_a_release_that_contradicts_itself_is_not_compiled(release: Release, says: str) -> None:
    with pytest.raises(BadRelease, match=says):
        compile_release(release, FUNCTIONS)


def test_a_state_named_like_a_method_of_the_machine_is_only_a_state() -> None:
    states = RELEASE.states | {"trigger": State(text("x"), 4, "running")}
    actions = RELEASE.actions | {
        "state": Action(text("x"), ("checking",), (Branch("trigger"),), ("specialist",), "step"),
        "to_new": Action(text("x"), ("trigger",), (Branch("checking"),), ("specialist",), "step"),
    }
    workflow = compile_release(land_release(states=states, actions=actions), FUNCTIONS)
    assert workflow.advance("checking", "state", {}).target == "trigger"
    assert workflow.advance("trigger", "to_new", {}).target == "checking"


def test_fields_are_validated_by_the_workflow() -> None:
    with pytest.raises(InvalidFields):
        WORKFLOW.validate_fields({})


def test_roles_are_called_as_the_release_calls_them_and_built_in_ones_by_their_words() -> None:
    release = land_release()
    assert role_name(release, "tax") == release.roles["tax"].name
    assert role_name(release, "applicant") == Text("người nộp hồ sơ", "the applicant")
    assert role_name(release, "system") == Text("hệ thống", "the system")
    assert role_name(release, "??") == Text("??", "??")


def test_an_option_says_what_it_needs() -> None:
    needs = {option.action: option.needs for option in WORKFLOW.options("signing", None, READY)}
    for key, told in needs.items():
        action = RELEASE.actions[key]
        assert (told.reason, told.attach, told.signature) == (
            action.reason == "required", action.attach, action.signature == "digital"
        )  # fmt: skip
    assert any(one.attach for one in needs.values()) and any(one.reason for one in needs.values())


def test_what_is_left_to_a_role_is_what_it_may_take_here_and_now() -> None:
    for state in RELEASE.states:
        for role in ("counter", "system", "nobody"):
            left = [option.action for option in WORKFLOW.left_to(role, state, READY)]
            allowed = [one.action for one in WORKFLOW.options(state, None, READY) if one.allowed]
            assert left == [key for key in allowed if role in RELEASE.actions[key].by]
