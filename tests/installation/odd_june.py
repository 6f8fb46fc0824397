"""June 2025 with every kind of permit that a reform may meet, and with words that are hard to write as JSON."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

from engine.acts.file_dossier import file_dossier
from engine.acts.hold import claim
from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_closure, publish_offices, publish_release
from engine.acts.verification import ask_verification
from engine.rules.deadlines.office_hours import Closure
from engine.rules.procedure.definition import Action, Branch, Effective, Release, Route, State, Term
from engine.rules.reform.policy import Reform
from engine.text import Text
from tests.installation import short_releases
from tests.installation.june import DA_KAO, SAI_GON, prepare_june, reform_of
from tests.installation.people import employ
from tests.installation.releases import roles, sample_release, step, text
from tests.installation.short_releases import PERMIT
from tests.installation.world import APPLICANT, World

ODD = (
    '"Bảy" \\ O’Hara',
    "a\tb\nc\r\x0c\x08",
    "\x01\x1f\x7f\x80\u2028\ufeff",
    "Đặng Thị Đào 🏠",
    "e\u0323\u0302/",
    "</script>",
)
NAMES = ('"Bảy" \\ O’Hara', "Đặng Thị Đào 🏠", "Nguye\u0302\u0303n Va\u0306n Mẫu", "</script>")
COUNTER = "1.000001"
STATES = ("new", "working", "working", "asked", "halted", "ready")
MOMENTS = ("2025-04-07 09:00", "2025-06-02 09:00", "2025-06-24 09:00:00.123456")
"""Of filing; what was filed in April is late on the night of the reform."""
COUNTERS = {SAI_GON: "old_counter", DA_KAO: "dk_counter"}


def prepare_odd_june(world: World) -> None:
    """The world of June with pauses, a clerk who does not follow, an office that will be closed for a day, and one
    whose dossiers come to another province."""
    prepare_june(world)
    for release in (_with_pauses(), _at_the_counter()):
        world.try_act("system", publish_release, release)
    world.try_act("system", employ, {"stayed": (("UB-760-C", "specialist"),)}, dt.date(2024, 1, 1))
    storm = Closure(dt.date(2025, 7, 3), dt.date(2025, 7, 3), "bão số 3", "storm no. 3", "Công điện 1")
    world.try_act("system", publish_closure, "UB-26737", storm)
    renamed = replace(world.runtime.catalogue.office("UB-26740"), name=Text(ODD[0], ODD[3]))
    elsewhere = replace(world.runtime.catalogue.office("TT-26740"), province="75")
    world.try_act("system", publish_offices, [renamed, elsewhere])


def odd_reform(world: World) -> Reform:
    """The shipped reform with odd and long words in its policies, and a quarter of Đa Kao that is decided."""
    division = '\ndivisions:\n  - {commune: "26737", hamlet: khu pho 1, to: "26737", legal: 1685/NQ-UBTVQH15}\n'
    reform, words = reform_of(world, division), " ".join(ODD) * 40
    policies = [
        replace(one, why=Text(f"{words} {one.why.vi}", f"{one.why.en} {words}"), legal=f"{one.legal}; {ODD[n % 6]}")
        for n, one in enumerate(reform.policies)
    ]
    return replace(reform, policies=tuple(policies))


def some_permit(world: World, dice: random.Random) -> str:
    """The code of a permit: where, how far, held or not, asked about or not, and by whom, as the dice say."""
    commune, state = dice.choice((SAI_GON, SAI_GON, DA_KAO)), dice.choice(STATES)
    world.at(dice.choice(MOMENTS))
    applicant = APPLICANT | {"commune": commune, "name": dice.choice(NAMES), "language": dice.choice(("vi", "en"))}
    applicant |= {"phone": dice.choice(("0900000001", None)), "email": dice.choice(("mau@example.vn", None))}
    at_counter = dice.random() < 0.2
    given = world.filing(
        procedure=COUNTER if at_counter else PERMIT,
        intake_office=f"MC-{commune}-C",
        documents=[],
        fields={} if at_counter else {"land.commune": commune} | dice.choice(({}, {"land.hamlet": "Khu phố 1"})),
        applicant=applicant,
    )
    code = world.try_act(COUNTERS[commune], file_dossier, given).case.code
    if at_counter:
        return code
    if state != "new":
        world.try_act(COUNTERS[commune], perform_action, code, "receive")
        _bring(world, code, state)
    if state == "working" and dice.random() < 0.3:
        world.try_act("district", ask_verification, code, "UB-26740-C", "Có tranh chấp không?")
    if state != "asked" and dice.random() < 0.5:
        holder = COUNTERS[commune] if state in ("new", "ready") else dice.choice(("district", "stayed"))
        world.try_act(holder, claim, code)
    return code


def _at_the_counter() -> Release:
    """A procedure that is decided where it is received: it has no desk but the intake."""
    routing = {"intake": Route(by="any_commune_in_province")}
    counter = roles("counter")["counter"]
    return sample_release(
        procedure=COUNTER,
        name=text("Xác nhận tại chỗ"),
        routing=routing,
        roles={"counter": counter, "specialist": counter},
        effective=Effective(dt.date(2024, 1, 1)),
    )


def _bring(world: World, code: str, state: str) -> None:
    """Takes a received permit to a state."""
    action = {"asked": "ask", "halted": "halt", "ready": "finish"}.get(state)
    if action is not None:
        reason = {"reason": "Thiếu bản vẽ"} if action == "ask" else {}
        world.try_act("district", perform_action, code, action, **reason)


def _with_pauses() -> Release:
    """The permits of June with two pauses: one waits for papers and ends by itself, the other for another body."""
    base = short_releases.permit()
    states = {
        **base.states,
        "asked": State(text("Chờ bổ sung", "Awaiting papers"), 5, "paused"),
        "halted": State(text("Chờ bên khác", "Awaiting others"), 6, "paused", "specialist"),
        "lapsed": State(text("Đã dừng", "Lapsed"), 7, "stopped", final=True),
    }
    month, lapse = Term(30, "calendar_day"), text("Quá hạn", "Lapse")
    actions = {
        **base.actions,
        "ask": step(text("Yêu cầu", "Ask"), "working", "asked", "specialist", "ask", reason="required", form="mau-02"),
        "halt": step(text("Chờ", "Halt"), "working", "halted", "specialist", "step"),
        "lapse": Action(lapse, ("asked",), (Branch("lapsed"),), ("system",), "withdraw", after=month),
    }
    return short_releases.permit(version=2, effective=Effective(dt.date(2025, 1, 1)), states=states, actions=actions)
