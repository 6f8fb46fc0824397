"""How much a dossier takes: from the applicant for one request, from staff in one step, and in all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.acts.documents import add_document, remove_document
from engine.acts.perform_action import perform_action
from engine.dossier.paper_bounds import PapersTooLarge, TooManyPapers
from engine.upload_settings import Bound
from tests.installation.filings import PDF
from tests.installation.world import World

LARGE = Bound(1_000, 1_000_000)


@pytest.fixture
def bounded(world: World) -> Any:
    """Sets some of the bounds of the installation."""

    def to(**bounds: Bound) -> None:
        settings = world.runtime.settings
        uploads = replace(settings.uploads, **({"dossier": LARGE, "step": LARGE, "asked": LARGE} | bounds))
        world.runtime = replace(world.runtime, settings=replace(settings, uploads=uploads))

    return to


def asked(world: World) -> str:
    code = world.land_at("checking")
    world.do("specialist", code, "ask", reason="Thiếu bản sao")
    return code


def send(world: World, code: str, who: Any = None, **named: Any) -> int:
    given = {"key": "other", "content": PDF} | named
    return world.act(who or world.citizen(code), add_document, code, **given)[1]


def too_much(world: World, refusal: Any, code: str, who: Any = None, **named: Any) -> Any:
    given = {"key": "other", "content": PDF} | named
    return world.refuse(refusal, who or world.citizen(code), add_document, code, **given)


class TestTheApplicant:
    def test_sends_so_many_papers_for_one_request(self, world: World, bounded: Any) -> None:
        bounded(asked=Bound(2, 1_000_000))
        code = asked(world)
        send(world, code)
        send(world, code, content=None, copy=1)  # a paper without a file raises the version as well
        assert "2" in too_much(world, TooManyPapers, code).sentence("en")
        too_much(world, TooManyPapers, code, content=None, copy=1)

    def test_sends_so_many_bytes_for_one_request(self, world: World, bounded: Any) -> None:
        bounded(asked=Bound(10, 2 * len(PDF)))
        code = asked(world)
        send(world, code)
        too_much(world, PapersTooLarge, code, content=PDF + b"\n" * (len(PDF) + 1))
        send(world, code)
        too_much(world, PapersTooLarge, code)
        send(world, code, content=None, copy=1)

    def test_may_send_again_when_asked_again(self, world: World, bounded: Any) -> None:
        bounded(asked=Bound(1, 1_000_000))
        code = asked(world)
        send(world, code)
        world.do(world.citizen(code), code, "resubmit")
        world.do("specialist", code, "ask", reason="Bản sao mờ")
        send(world, code)
        too_much(world, TooManyPapers, code)

    def test_does_not_get_room_by_what_staff_take_off(self, world: World, bounded: Any) -> None:
        bounded(asked=Bound(1, 1_000_000))
        code = asked(world)
        paper = send(world, code)
        world.act("specialist", remove_document, code, paper, "mờ")
        too_much(world, TooManyPapers, code)

    def test_cannot_keep_a_clerks_request_stale(self, world: World, bounded: Any) -> None:
        bounded(asked=Bound(3, 1_000_000))
        code = asked(world)
        for _ in range(3):
            send(world, code)
        version = world.row(code)["version"]
        for _ in range(3):
            too_much(world, TooManyPapers, code)
        world.act("counter", perform_action, code, "resubmit", version=version)

    @pytest.mark.parametrize("whole", [Bound(9, 1_000_000), Bound(1_000, 4 * len(PDF))])
    def test_leaves_room_for_the_office(self, world: World, bounded: Any, whole: Bound) -> None:
        code = asked(world)
        bounded(dossier=whole)
        for _ in range(4 if whole.papers == 9 else 2):
            send(world, code)
        too_much(world, TooManyPapers if whole.papers == 9 else PapersTooLarge, code)
        send(world, code, "specialist")


class TestStaff:
    def test_add_so_many_papers_in_one_step(self, world: World, bounded: Any) -> None:
        bounded(step=Bound(2, 1_000_000), asked=Bound(1, 1_000_000))
        code = world.land_at("checking")
        for _ in range(2):
            send(world, code, "specialist")
        assert "step" in too_much(world, TooManyPapers, code, "specialist").sentence("en")
        world.do("specialist", code, "ask", reason="Thiếu bản sao")
        send(world, code)
        send(world, code, "specialist")

    def test_add_so_many_bytes_in_one_step(self, world: World, bounded: Any) -> None:
        bounded(step=Bound(10, len(PDF)))
        code = world.land_at("checking")
        send(world, code, "specialist")
        too_much(world, PapersTooLarge, code, "specialist")

    def test_fill_a_dossier_no_further_than_its_bound(self, world: World, bounded: Any) -> None:
        code = world.land_at("checking")
        bounded(dossier=Bound(4, 1_000_000))  # two were handed in with the filing
        paper = send(world, code, "specialist")
        send(world, code, "specialist")
        assert "dossier" in too_much(world, TooManyPapers, code, "specialist").sentence("en")
        world.act("specialist", remove_document, code, paper, "nhầm")
        too_much(world, TooManyPapers, code, "specialist")  # its file is kept
        bounded(dossier=Bound(9, 2 * len(PDF)))
        too_much(world, PapersTooLarge, code, "specialist")

    def test_take_over_an_earlier_file_without_bytes_of_its_own(self, world: World, bounded: Any) -> None:
        first = world.land_at("checking")
        earlier = send(world, first, "counter", key="cccd")
        code = world.land_at("checking")
        bounded(dossier=Bound(100, len(PDF)))
        world.act("counter", add_document, code, key="cccd", reuse=earlier)
        send(world, code, "counter")
        too_much(world, PapersTooLarge, code, "counter")
