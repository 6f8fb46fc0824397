"""Addresses and telephone numbers for the offices of the demonstration.

No open source has those of the real offices, so the shipped content has none: an installation publishes its own
(``offices.csv``). These are there to show what the pages look like with them. Each says that it is a demonstration's,
and no telephone number in Viet Nam begins with 0000.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from cli.demo.people import OFFICES
from cli.shipped import Shipped
from engine.rules.offices.offices import Office


class TrialContent(Shipped):
    """The shipped content, in which the offices where the sample staff work can be found and called."""

    @cached_property
    def offices(self) -> list[Office]:
        staffed = sorted({place for person in OFFICES for place, _ in person.places})
        numbers = {code: number for number, code in enumerate(staffed, start=1)}
        return [_found(one, numbers[one.code]) if one.code in numbers else one for one in super().offices]


def _found(office: Office, number: int) -> Office:
    return replace(
        office,
        address=f"Số {number} đường Minh Họa (địa chỉ minh họa)",
        hotline=f"0000 000 {number:03} (số minh họa)",
    )
