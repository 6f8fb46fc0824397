"""The offices of the demonstration: found and called, and marked as a demonstration's."""

from __future__ import annotations

from cli.demo.people import OFFICES
from cli.demo.trial_offices import TrialContent
from tests.installation.content import shipped


def test_the_offices_of_the_sample_staff_say_that_their_address_and_number_are_for_show() -> None:
    staffed = {place for person in OFFICES for place, _ in person.places}
    given = {one.code: one for one in TrialContent().offices if one.address or one.hotline}
    assert set(given) == staffed
    for one in given.values():
        assert "minh họa" in (one.address or "") and "minh họa" in (one.hotline or "")
        assert (one.hotline or "").startswith("0000 ") and len(one.hotline or "") <= 40
    assert len({one.hotline for one in given.values()}) == len(given)


def test_the_shipped_offices_have_none() -> None:
    assert not [one for one in shipped().offices if one.address or one.hotline]
