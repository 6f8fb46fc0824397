"""The compiled release: computes the step of an action, the possible actions with reasons against the others, and the
documents, fees and time limit that a release requires on given facts.

Only this module imports transitions. One compiled machine serves every dossier of a release and every thread: a
dossier's state is in its row, and a ``_Position`` made for one step carries it through the machine. Callbacks are
always callables, since transitions imports and calls any name given as a string. No callback runs after a state has
changed, so none can fail then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from transitions import EventData, Machine, Transition

from engine.errors import Conflict, NotFound, Refusal
from engine.rules.procedure.areas import AREA, area_of
from engine.rules.procedure.checks import check_references, compile_conditions
from engine.rules.procedure.conditions import Condition, Function
from engine.rules.procedure.definition import Action, Child, Document, Fee, Notice, Release, State, Term
from engine.rules.procedure.depths import depths_of
from engine.rules.procedure.explain import lacking
from engine.rules.procedure.facts import complete_facts, declared_facts, fact
from engine.rules.procedure.fees import amount
from engine.rules.procedure.fields import clean_fields
from engine.rules.procedure.results import Results
from engine.text import Text

_AT = "_at"  # no action can have this name, so transitions never confuses the attribute with a trigger


class UnknownAction(NotFound):
    """The release has no such action."""

    code = "unknown-action"
    vi = 'Thủ tục này không có thao tác "{action}". Có: {available}.'
    en = 'This procedure has no action "{action}". It has: {available}.'


class UnknownState(Refusal):
    """The row has a state that its release does not have: it was migrated without a mapping, or damaged."""

    code = "unknown-state"
    status = 500
    vi = 'Quy trình {procedure} phiên bản {version} không có trạng thái "{state}".'
    en = 'Procedure {procedure}, version {version}, has no state "{state}".'


class ActionNotInState(Conflict):
    """The action does not start from the present state. ``allowed`` are the actions that do."""

    code = "action-not-in-state"
    vi = 'Không thể "{action_vi}" khi hồ sơ đang ở "{state_vi}". Có thể: {allowed}.'
    en = '"{action_en}" is not possible while the dossier is in "{state_en}". Possible: {allowed}.'


class GuardFailed(Conflict):
    """The action starts from the present state, but its condition does not hold."""

    code = "guard-failed"
    vi = 'Chưa thể "{action_vi}": {why_vi}.'
    en = '"{action_en}" is not possible yet: {why_en}.'


class ReasonRequired(Refusal):
    """This action needs a reason."""

    code = "reason-required"
    vi = "Phải ghi lý do khi “{action_vi}”."
    en = "“{action_en}” needs a reason."


class DocumentRequired(Refusal):
    """This action needs a document that is not attached to the dossier yet."""

    code = "document-required"
    vi = "Phải đính kèm “{document_vi}” trước khi “{action_vi}”."
    en = "“{document_en}” must be attached before “{action_en}”."


@dataclass(frozen=True)
class Step:
    """The step of an action from the state ``source`` to the state ``target``. ``effect`` is that of the action."""

    action: str
    source: str
    target: str
    effect: str


@dataclass(frozen=True)
class Needs:
    """The requirements of an action: a reason, a document (by its key), a digital signature."""

    reason: bool
    attach: str | None
    signature: bool


@dataclass(frozen=True)
class Option:
    """One action as shown to a person. ``why`` is the reason why it is not allowed, None when it is."""

    action: str
    name: Text
    allowed: bool
    why: Text | None
    needs: Needs


class Workflow:
    """A compiled release. Immutable; threads may share it. Methods take nested ``facts`` and do not change them.

    Every method that takes facts raises FactOfWrongType for one that is not of its declared type.
    """

    def __init__(self, release: Release, functions: Mapping[str, Function]) -> None:
        self.release = release
        self.digest = release.digest()
        self.declared = declared_facts(release)
        check_references(release, self.declared)
        self._conditions = compile_conditions(release, self.declared, {AREA: area_of(release.areas), **functions})
        self.initial = release.initial
        self.results = Results(release)
        self.depths = depths_of(release)
        self._machine = self._build()
        self._steps = self._table()

    def advance(self, state: str, action: str, facts: Mapping[str, Any]) -> Step:
        """The step of ``action`` from ``state``. The caller writes its ``target`` into the dossier's row.

        Raises UnknownAction, UnknownState, ActionNotInState, GuardFailed.
        """
        acting = self._action(action)
        here = self._state(state)
        if state not in acting.sources:
            raise ActionNotInState(
                action=action,
                action_vi=acting.name.vi,
                action_en=acting.name.en,
                state=state,
                state_vi=here.name.vi,
                state_en=here.name.en,
                allowed=[key for key, other in self.release.actions.items() if state in other.sources],
            )
        for conditions, target in self._steps[action, state]:
            if all(condition(facts) for condition in conditions):
                return Step(action, state, target, acting.effect)
        position = _Position(state)  # refused: that is for the machine to say
        if not self._machine.events[action].trigger(position, facts=facts):
            why = self._lacking(acting, action, facts) or _NO_BRANCH
            raise GuardFailed(
                action=action, action_vi=acting.name.vi, action_en=acting.name.en, why_vi=why.vi, why_en=why.en
            )
        return Step(action, state, position._at, acting.effect)

    def options(self, state: str, roles: Collection[str] | None, facts: Mapping[str, Any]) -> tuple[Option, ...]:
        """Every action in order of key, with the reason where it is not allowed. ``roles`` None: any role.

        Raises UnknownState.
        """
        self._state(state)
        actions = sorted(self.release.actions.items())
        return tuple(_option(key, action, self._why_not(key, action, state, roles, facts)) for key, action in actions)

    def left_to(self, role: str, state: str, facts: Mapping[str, Any]) -> list[Option]:
        """The actions that ``role`` may take and that are possible now, in order of key."""
        actions = sorted(self.release.actions.items())
        here = ((key, one) for key, one in actions if role in one.by and state in one.sources)
        return [_option(key, one, None) for key, one in here if self._why_not(key, one, state, None, facts) is None]

    def facts(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """``given`` (nested) with the default of every missing declared fact."""
        return complete_facts(self.declared, given)

    def validate_fields(
        self,
        values: Mapping[str, Any],
        partial: bool = False,
        facts: Mapping[str, Any] | None = None,
        stored: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The applicant's values by field key, cleaned (see ``fields.clean_fields``). Raises InvalidFields."""
        return clean_fields(
            self.release, values, lambda key, known: self._holds("fields", key, known), facts, partial, stored
        )

    def fields_shown(self, facts: Mapping[str, Any]) -> tuple[str, ...]:
        """The keys of the fields that the applicant is asked, in the order of the file."""
        return tuple(key for key in self.release.fields if self._holds("fields", key, facts))

    def total_term(self, facts: Mapping[str, Any]) -> Term:
        """The time limit of the whole procedure: the first arm whose condition holds."""
        return self.release.sla.total[self.term_arm(facts)].term

    def term_arm(self, facts: Mapping[str, Any]) -> int:
        """The index of the arm of the time limit that holds; every release ends with one that always does."""
        return next(index for index in range(len(self.release.sla.total)) if self._holds("sla.total", index, facts))

    def action_arm(self, key: str, facts: Mapping[str, Any]) -> int | None:
        """The index of the first branch of the action ``key`` that holds; None when none does."""
        arms = range(len(self.release.actions[key].to))
        return next((index for index in arms if self._holds(f"actions.{key}", index, facts)), None)

    def price_arm(self, key: str, facts: Mapping[str, Any]) -> int | None:
        """The index of the rule that decides the price of the fee ``key``; None where no table does."""
        arms = range(len(self.release.fees[key].prices or ()))
        return next((index for index in arms if self._holds(f"fees.{key}", index, facts)), None)

    def documents_required(self, facts: Mapping[str, Any]) -> dict[str, Document]:
        """The papers that the applicant has to hand in, without results and papers that are attached by an action."""
        brought = {action.attach for action in self.release.actions.values()}
        return {
            key: document
            for key, document in self.release.documents.items()
            if not document.result and key not in brought and self._holds("documents", key, facts)
        }

    def fees_due(self, facts: Mapping[str, Any], province: str) -> dict[str, int]:
        """The fees in đồng by fee key; ``province`` is a code. ``release.fees[key].collect`` says when they are due."""
        wanted = ((key, fee) for key, fee in self.release.fees.items() if self._holds("fees", key, facts))
        return {key: amount(fee, facts, province, self._price(key, fee, facts)) for key, fee in wanted}

    def route_arm(self, key: str, facts: Mapping[str, Any]) -> int | None:
        """The index of the first branch of the routing key ``key`` that holds; None when none does."""
        arms = range(len(self.release.routing[key].branches))
        return next((index for index in arms if self._holds(f"routing.{key}", index, facts)), None)

    def route_branch(self, key: str, facts: Mapping[str, Any]) -> str | None:
        """The office code that the branches of the routing key ``key`` choose; None when none of them holds."""
        index = self.route_arm(key, facts)
        return None if index is None else self.release.routing[key].branches[index].then

    def notices(self, event: str, subject: str | None = None) -> tuple[Notice, ...]:
        """The notices to send when ``event`` happens to ``subject`` (a state or an action)."""
        return tuple(n for n in self.release.notify if n.event == event and n.subject == subject)

    def children_opened(self, state: str, facts: Mapping[str, Any]) -> tuple[tuple[str, Child], ...]:
        """The dossiers of other procedures that are opened when ``state`` is entered, by key."""
        children = self.release.children.items()
        return tuple((key, one) for key, one in children if one.opens == state and self._holds("children", key, facts))

    def child_values(self, key: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The values that the child dossier's fields copy from the facts of this one."""
        fields = self.release.children[key].fields
        return {field: fact(facts, name, self.declared[name]) for field, name in fields.items()}

    def _action(self, key: str) -> Action:
        action = self.release.actions.get(key)
        if action is None:
            raise UnknownAction(action=key, available=list(self.release.actions))
        return action

    def _state(self, key: str) -> State:
        state = self.release.states.get(key)
        if state is None:
            raise UnknownState(state=key, procedure=self.release.procedure, version=self.release.version)
        return state

    def _price(self, key: str, fee: Fee, facts: Mapping[str, Any]) -> int | None:
        index = self.price_arm(key, facts)
        return None if index is None else (fee.prices or ())[index].vnd

    def _holds(self, part: str, key: str | int, facts: Mapping[str, Any]) -> bool:
        condition = self._conditions.get((part, key))
        return condition is None or condition(facts)

    def _why_not(
        self, key: str, action: Action, state: str, roles: Collection[str] | None, facts: Mapping[str, Any]
    ) -> Text | None:
        if state not in action.sources:
            return _not_from_here(self.release, action, state)
        if roles is not None and not set(roles) & set(action.by):
            return _needs_role(self.release, action)
        why = self._lacking(action, key, facts)
        if why is None and self.action_arm(key, facts) is None:
            return _NO_BRANCH
        return why

    def _lacking(self, action: Action, key: str, facts: Mapping[str, Any]) -> Text | None:
        guard = self._conditions.get(("guards", key))
        return None if guard is None or guard(facts) else lacking(self.release, guard, facts)

    def _build(self) -> Machine:
        machine = Machine(
            model=None,
            states=list(self.release.states),
            initial=self.initial,
            auto_transitions=False,
            send_event=True,
            queued=False,
            model_attribute=_AT,
        )
        for key, action in self.release.actions.items():
            for source in action.sources:
                for index, branch in enumerate(action.to):
                    both = (self._conditions.get(("guards", key)), self._conditions.get((f"actions.{key}", index)))
                    checks: list[str | Callable[..., bool | None]] = [_Check(one) for one in both if one]
                    machine.add_transition(key, source, branch.then, conditions=checks)
        return machine

    def _table(self) -> dict[tuple[str, str], tuple[_Branch, ...]]:
        """The branches of every action from every state, read back from the machine: to find a step in them takes a
        fifth of the calls that the machine takes to make it."""
        return {
            (key, source): tuple(map(_branch, self._machine.events[key].transitions[source]))
            for key, action in self.release.actions.items()
            for source in action.sources
        }


def compile_release(release: Release, functions: Mapping[str, Function] | None = None) -> Workflow:
    """The compiled ``release``. ``functions`` are those of conditions (``former_district``); they are called only here.

    Compiling takes some milliseconds: cache the result by digest. Raises BadRelease, FactNameTaken, BadPattern.
    """
    return Workflow(release, functions or {})


class _Position:
    """The state of one dossier during one step: the model of transitions."""

    __slots__ = (_AT,)
    _at: str

    def __init__(self, state: str) -> None:
        self._at = state


def _option(key: str, action: Action, why: Text | None) -> Option:
    needs = Needs(action.reason == "required", action.attach, action.signature == "digital")
    return Option(key, action.name, why is None, why, needs)


_Branch = tuple[tuple[Condition, ...], str]
"""Conditions that must all hold, and the state to which the branch then leads."""


def _branch(made: Transition) -> _Branch:
    checks = [check.func for check in made.conditions]
    return tuple(check.condition for check in checks if isinstance(check, _Check)), str(made.dest)


class _Check:
    """A condition as transitions asks it."""

    def __init__(self, condition: Condition) -> None:
        self.condition = condition

    def __call__(self, event: EventData) -> bool:
        return self.condition(event.kwargs["facts"])


_NO_BRANCH = Text("không nhánh nào của bước này phù hợp với hồ sơ", "no branch of this step fits the dossier")


def _not_from_here(release: Release, action: Action, state: str) -> Text:
    vi = ", ".join(f'"{release.states[key].name.vi}"' for key in action.sources)
    en = ", ".join(f'"{release.states[key].name.en}"' for key in action.sources)
    here = release.states[state].name
    return Text(
        f'chỉ làm được khi hồ sơ ở {vi}; hồ sơ đang ở "{here.vi}"',
        f'only possible from {en}; the dossier is in "{here.en}"',
    )


def _needs_role(release: Release, action: Action) -> Text:
    names = [role_name(release, role) for role in action.by]
    vi, en = ", ".join(name.vi for name in names), ", ".join(name.en for name in names)
    return Text(f"thuộc quyền của: {vi}", f"reserved for: {en}")


def role_name(release: Release, role: str) -> Text:
    """The name of a role of the release, or of a built-in one; the key itself for an unknown role."""
    if role in release.roles:
        return release.roles[role].name
    return {"applicant": Text("người nộp hồ sơ", "the applicant"), "system": Text("hệ thống", "the system")}.get(
        role, Text(role, role)
    )
