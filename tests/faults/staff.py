"""The staff of the fault runs: the centres and authorities of three wards, with a land office and a tax office."""

from __future__ import annotations

import datetime as dt

from cli.shipped import Shipped
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, UnitOfWork, in_transaction
from tests.installation.content import Content, territory_around
from tests.installation.people import Posts, employ, tokens_of
from tests.installation.releases import START

TOKENS_LAST = dt.timedelta(days=400)
STAFF: dict[str, Posts] = {
    "quay.saigon": [("TT-26740", "counter")],
    "chuyenvien.saigon": [("UB-26740", "specialist")],
    "chuyenvien2.saigon": [("UB-26740", "specialist")],
    "lanhdao.saigon": [("UB-26740", "leader")],
    "quay.thudaumot": [("TT-25747", "counter")],
    "chuyenvien.thudaumot": [("UB-25747", "specialist")],
    "lanhdao.thudaumot": [("UB-25747", "leader")],
    "quay.longkhanh": [("TT-26080", "counter")],
    "chuyenvien.longkhanh": [("UB-26080", "specialist")],
    "lanhdao.longkhanh": [("UB-26080", "leader")],
    "datdai.longkhanh": [("VPDK-CN-LONGKHANH", "specialist")],
    "lanhdaodat.longkhanh": [("VPDK-CN-LONGKHANH", "leader")],
    "thue.dongnai": [("THUE-75", "tax")],
}
"""Username → the office, and the role there."""

WARDS = ("26740", "25747", "26080")
DISTRICTS = ("760", "718", "732")  # where they lay: Quận 1, Thủ Dầu Một, Long Khánh


def around_the_wards() -> Content:
    """What ships, with only the territory and the offices around ``WARDS``.

    A process that restarts reads some hundred units instead of 45,000.
    """
    return Content(territory=territory_around(*DISTRICTS), context=Shipped().context)


def settle(runtime: Runtime) -> dict[str, str]:
    """Gives the offices their staff; username → access token."""

    def act(unit: UnitOfWork) -> dict[str, str]:
        return tokens_of(unit, employ(unit, STAFF, START, called="Cán bộ {}", email="{}@example.vn"), TOKENS_LAST)

    return in_transaction(runtime, SYSTEM_ACTOR, act)


def people_with(office: str, role: str) -> list[str]:
    """Who has this role at this office."""
    return [username for username, posts in STAFF.items() if (office, role) in posts]


def office_of(username: str) -> str:
    """The office at which somebody works."""
    return STAFF[username][0][0]
