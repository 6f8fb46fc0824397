"""Papers and fees: handed in, digitised, reused, checked, removed; settled, waived, and following the facts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.acts.documents import PaperInUse, add_document, check_document, remove_document
from engine.acts.perform_action import perform_action
from engine.acts.settle_fee import FeeSettled, settle_fee
from engine.dossier.rights import Ended
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.rules.files.refusals import UnacceptableFile
from engine.rules.procedure.machine import GuardFailed
from engine.store.documents import documents
from engine.store.fees import fees
from tests.installation.filings import PDF
from tests.installation.world import APPLICANT, World

FEW = [{"key": "don", "original": 1}]


class TestAdding:
    def test_a_file_is_kept_with_its_type_size_and_hash(self, world: World) -> None:
        code = world.land_at("checking")
        case, document = world.act("specialist", add_document, code, key="other", content=PDF, file_name="họp.pdf")
        row = paper(world, document)
        assert (row["media_type"], row["size"], row["digitised"]) == ("application/pdf", len(PDF), 1)
        assert world.runtime.files.read(row["storage_key"]) == PDF
        entry = world.entries(code)[-1]
        assert entry["data"]["sha256"] == row["sha256"]
        assert "họp" not in str(entry)  # a file's name may name a person
        assert case.row["version"] == entry["number"]

    def test_copies_on_paper_complete_what_was_missing(self, world: World) -> None:
        code = world.file(documents=FEW).case.code
        world.act("counter", add_document, code, key="gcn", copy=1)
        assert world.facts(code)["documents"] == {"complete": False, "missing": ["gcn"]}
        world.act("counter", add_document, code, key="gcn", original=1)
        assert world.facts(code)["documents"] == {"complete": True, "missing": []}

    def test_the_applicant_adds_to_their_own(self, world: World) -> None:
        code, other = world.land_at("checking"), world.land_at("checking")
        world.do("specialist", code, "ask", reason="Thiếu bản sao")
        world.act(world.citizen(code), add_document, code, key="other", content=PDF)
        world.refuse(NotFound, world.citizen(other), add_document, code, key="other", content=PDF)

    @pytest.mark.parametrize(
        ("named", "refusal"),
        [
            ({"key": "hoa_don", "copy": 1}, InvalidInput),
            ({"key": "don"}, InvalidInput),
            ({"key": "don", "original": -1}, InvalidInput),
            ({"key": "don", "original": 1000}, InvalidInput),
            ({"key": "don", "content": b"MZ\x90\x00 not a document"}, UnacceptableFile),
            ({"key": "don", "content": b""}, UnacceptableFile),
            ({"key": "don", "reuse": 1}, InvalidInput),
            ({"key": "cccd", "reuse": 4711}, NotFound),
        ],
    )
    def test_what_is_not_a_paper_is_refused(self, world: World, named: dict[str, Any], refusal: Any) -> None:
        code = world.land_at("accepted")
        world.refuse(refusal, "counter", add_document, code, **named)

    def test_a_file_beyond_the_limit_is_refused(self, world: World) -> None:
        code = world.land_at("accepted")
        large = PDF.ljust(world.runtime.settings.max_upload_bytes + 1, b"\n")
        world.refuse(InvalidInput, "counter", add_document, code, key="don", content=large)

    def test_offices_without_a_part_and_ended_dossiers(self, world: World) -> None:
        code = world.land_at("accepted")
        world.refuse(Forbidden, "monitor", add_document, code, key="other", copy=1)
        world.do(world.citizen(code), code, "withdraw")
        world.refuse(Ended, "counter", add_document, code, key="other", copy=1)


class TestReusing:
    def test_a_file_of_the_same_person_is_taken_over(self, world: World) -> None:
        first, second = world.land_at("accepted"), world.land_at("accepted")
        _, earlier = world.act("counter", add_document, first, key="cccd", content=PDF)
        _, later = world.act("counter", add_document, second, key="cccd", reuse=earlier)
        row, old = paper(world, later), paper(world, earlier)
        assert (row["reused_from"], row["storage_key"], row["sha256"]) == (earlier, old["storage_key"], old["sha256"])
        world.refuse(PaperInUse, "counter", remove_document, first, earlier, "nhầm")
        world.act("counter", remove_document, second, later, "nhầm")
        world.act("counter", remove_document, first, earlier, "nhầm")

    def test_never_of_another_person_or_without_a_number(self, world: World) -> None:
        first = world.land_at("accepted")
        _, earlier = world.act("counter", add_document, first, key="cccd", content=PDF)
        other = world.file(applicant=APPLICANT | {"identity_number": "075090000002"}).case.code
        world.refuse(NotFound, "counter", add_document, other, key="cccd", reuse=earlier)
        unknown = world.file(applicant=APPLICANT | {"identity_number": None}).case.code
        world.refuse(InvalidInput, "counter", add_document, unknown, key="cccd", reuse=earlier)

    def test_never_out_of_a_dossier_that_one_may_not_see(self, world: World) -> None:
        elsewhere = world.file("other_counter", intake_office="TT-26020").case.code
        _, earlier = world.act("other_counter", add_document, elsewhere, key="cccd", content=PDF)
        own = world.file().case.code
        world.refuse(NotFound, "counter", add_document, own, key="cccd", reuse=earlier)


class TestChecking:
    def test_a_paper_not_in_order_counts_as_missing(self, world: World) -> None:
        code = world.file().case.code
        don = only(world, "don")
        world.act("counter", check_document, code, don, False, "Thiếu chữ ký")
        assert world.facts(code)["documents"]["missing"] == ["don"]
        assert "chữ ký" not in str(world.entries(code)[-1])
        world.refuse(GuardFailed, "counter", perform_action, code, "receive")
        world.act("counter", check_document, code, don, True)
        assert world.facts(code)["documents"]["complete"] is True
        row = paper(world, don)
        assert (row["accepted"], row["checked_by"], row["checked_at"]) == (1, world.person("counter"), world.now)

    def test_a_complaint_needs_its_reason_and_staff(self, world: World) -> None:
        code, other = world.file().case.code, world.file().case.code
        don = only(world, "don")
        world.refuse(InvalidInput, "counter", check_document, code, don, False, " ")
        world.refuse(Forbidden, world.citizen(code), check_document, code, don, True)
        world.refuse(NotFound, "counter", check_document, other, don, True)


class TestRemoving:
    def test_it_is_off_the_dossier_and_stays_in_the_journal(self, world: World) -> None:
        code = world.file().case.code
        don = only(world, "don")
        world.refuse(InvalidInput, "counter", remove_document, code, don, " ")
        world.act("counter", remove_document, code, don, "Nộp nhầm")
        assert world.facts(code)["documents"]["missing"] == ["don"]
        assert paper(world, don)["removed_at"] == world.now
        assert world.entries(code)[-1]["data"] == {"document": don, "key": "don"}
        world.refuse(NotFound, "counter", remove_document, code, don, "Nộp nhầm")

    def test_a_signed_result_stays(self, world: World) -> None:
        code = world.land_at("signing")
        _, result = world.act("leader", add_document, code, key="ket_qua", content=PDF)
        world.do("leader", code, "sign")
        world.refuse(PaperInUse, "counter", remove_document, code, result, "nhầm")


class TestFees:
    def test_settling_is_noted_with_receipt_and_person(self, world: World) -> None:
        code = world.land_at("accepted")
        world.act("counter", settle_fee, code, "le_phi", "card", "BL-01")
        assert world.facts(code)["fees"] == {"settled": False, "total": 54_000, "due": 4_000}
        data = {"fee": "le_phi", "vnd": 50_000, "method": "card", "receipt": "BL-01"}
        assert world.entries(code)[-1]["data"] == data
        row = fee(world, "le_phi")
        assert (row["settled_at"], row["settled_by"], row["method"]) == (world.now, world.person("counter"), "card")
        world.act("counter", settle_fee, code, "trang", "cash")
        assert world.facts(code)["fees"]["settled"] is True

    def test_twice_unknown_and_ungrounded_are_refused(self, world: World) -> None:
        code = world.land_at("accepted")
        world.act("counter", settle_fee, code, "le_phi", "cash")
        world.refuse(FeeSettled, "counter", settle_fee, code, "le_phi", "cash")
        world.refuse(NotFound, "counter", settle_fee, code, "do_dac", "cash")
        world.refuse(InvalidInput, "counter", settle_fee, code, "trang", "gold")
        world.refuse(InvalidInput, "counter", settle_fee, code, "trang", "waived")
        world.act("counter", settle_fee, code, "trang", "waived", "NQ 05/2025/NQ-HĐND")

    def test_not_by_the_applicant_nor_from_outside(self, world: World) -> None:
        code = world.land_at("accepted")
        world.refuse(Forbidden, world.citizen(code), settle_fee, code, "le_phi", "cash")
        world.refuse(Forbidden, "monitor", settle_fee, code, "le_phi", "cash")
        world.refuse(NotFound, "far_counter", settle_fee, code, "le_phi", "cash")

    def test_what_is_owed_follows_when_the_facts_change(self, world: World) -> None:
        code = world.land_at("accepted")
        world.act("counter", settle_fee, code, "trang", "cash")
        measured = {"pages": 9, "land.remeasured": True, "land.surveyor": "Đội đo"}
        world.do("counter", code, "correct", fields=measured)
        assert world.fees(code) == {"le_phi": 50_000, "trang": 18_000, "do_dac": 200_000}
        assert world.facts(code)["fees"] == {"settled": False, "total": 268_000, "due": 264_000}
        world.do("counter", code, "correct", fields={"land.remeasured": False})
        assert world.fees(code) == {"le_phi": 50_000, "trang": 18_000}
        assert world.facts(code)["land"]["surveyor"] == ""  # hidden, hence gone

    def test_what_a_correction_newly_asks_for_must_be_given(self, world: World) -> None:
        code = world.land_at("accepted")
        named = {"fields": {"land.remeasured": True}}
        refusal = world.refuse(InvalidInput, "counter", perform_action, code, "correct", **named)
        assert set(refusal.errors) == {"land.surveyor"}

    def test_fees_differ_by_province(self, world: World) -> None:
        far = {"land.commune": "26740", "land.area": 10, "owner.name": "A", "pages": 1}
        code = world.file("far_counter", intake_office="TT-26740", fields=far, applicant=HCM).case.code
        assert world.fees(code) == {"le_phi": 30_000, "trang": 2_000}


HCM = APPLICANT | {"commune": "26740", "kind": "organisation", "identity_number": None}


def paper(world: World, document: int) -> Any:
    with world.reading() as connection:
        return connection.execute(select(documents).where(documents.c.id == document)).mappings().one()


def only(world: World, key: str) -> int:
    """The oldest document of a key."""
    with world.reading() as connection:
        found = connection.execute(select(documents.c.id).where(documents.c.key == key).order_by(documents.c.id))
        return int(found.scalars().first() or 0)


def fee(world: World, key: str) -> Any:
    with world.reading() as connection:
        return connection.execute(select(fees).where(fees.c.key == key)).mappings().one()
