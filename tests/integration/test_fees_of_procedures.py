"""The fees of the shipped procedures: what the law asks for, on the facts, also of dossiers that others open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from engine.acts.documents import add_document
from engine.acts.file_dossier import file_dossier
from engine.acts.open_dossier import Filing
from engine.acts.perform_action import perform_action
from engine.acts.rectify import rectify
from engine.acts.settle_fee import settle_fee
from engine.dossier.case import lock_case
from engine.rules.procedure.balance import Balance
from engine.rules.procedure.definition import Release
from engine.rules.procedure.facts import declared_facts, fact, nested
from engine.rules.procedure.machine import compile_release
from engine.store.dossiers import dossiers
from tests.installation.filings import PDF
from tests.model.real_installation import RealInstallation, open_real, shipped

COMMUNE, CENTRE = "26740", "TT-26740"
RELEASES = {release.procedure: release for release in shipped()}
APPLICANT = {
    "kind": "citizen", "name": "Lê Văn Hùng", "identity_number": "079090000001", "phone": "0900000001",
    "commune": COMMUNE,
}  # fmt: skip
FAMILY = {
    "registry.commune": COMMUNE, "child.name": "Lê Gia Hân", "child.born": "2026-01-01", "child.sex": "female",
    "child.birthplace": "Bệnh viện Hùng Vương", "mother.name": "Võ Thị Lan", "mother.id": "079192000004",
    "birth.at_hospital": True, "home.address": "8 Đồng Khởi", "home.owner": "Lê Văn Hùng",
    "health.clinic": "Trạm y tế", "wants.residence": True,
}  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealInstallation]:
    with open_real(request.param, tmp_path_factory.mktemp("installation")) as made:
        yield made


def money(installation: RealInstallation, code: str) -> Balance:
    return installation.world.try_act("system", lambda unit: lock_case(unit, code).money())


def owed(procedure: str, facts: dict[str, Any], province: str = "79") -> int:
    workflow = compile_release(RELEASES[procedure])
    return sum(workflow.fees_due(workflow.facts(nested(facts)), province).values())


@pytest.mark.parametrize(
    ("pages", "copies", "vnd"),
    [
        (1, None, 2_000), (2, None, 4_000), (3, None, 5_000), (10, None, 12_000), (10, 1, 12_000), (2, 3, 12_000),
        (10, 3, 36_000), (198, None, 200_000), (199, None, 200_000), (2_000, None, 200_000), (199, 2, 400_000),
    ],
)  # fmt: skip
def test_a_certified_copy(pages: int, copies: int | None, vnd: int) -> None:
    facts: dict[str, Any] = {"paper.pages": pages} | ({"paper.copies": copies} if copies else {})
    assert owed("2.000815", facts) == vnd


@pytest.mark.parametrize(
    ("born", "filed_on", "vnd"),
    [
        ("2026-01-01", "2026-01-01", 0), ("2026-01-01", "2026-03-02", 0), ("2026-01-01", "2026-03-03", 8_000),
        ("2024-01-01", "2024-03-01", 0), ("2024-01-01", "2024-03-02", 8_000), ("2025-06-01", "2026-02-13", 8_000),
    ],
)  # fmt: skip
def test_a_birth_is_late_after_sixty_days(born: str, filed_on: str, vnd: int) -> None:
    assert owed("1.001193", {"child.born": born, "dossier.filed_on": filed_on}) == vnd


@pytest.mark.parametrize("channel", ["counter", "portal"])
@pytest.mark.parametrize(
    ("born", "exempt"),
    [("2026-03-01", True), ("2010-03-03", True), ("2010-03-02", False), ("1966-03-03", False), ("1966-03-02", True)],
)
def test_residence_is_free_for_children_and_the_old(channel: str, born: str, exempt: bool) -> None:
    facts = {"resident.born": born, "dossier.filed_on": "2026-03-02", "dossier.channel": channel}
    assert owed("1.004222", facts) == (0 if exempt else 10_000 if channel == "portal" else 20_000)


def test_a_family_that_files_in_time_owes_nothing_for_the_dossiers_of_its_child(installation: RealInstallation) -> None:
    world = installation.world
    counter = installation.actor(installation.hired(CENTRE, "counter")[0])
    desk = installation.actor(installation.hired("UB-26740", "coordinator")[0])
    papers = [{"key": "to_khai", "original": 1}, {"key": "chung_sinh", "original": 1}]
    filing = Filing(
        procedure="2.002621", applicant=APPLICANT, intake_office=CENTRE, fields=FAMILY, documents=papers, receive=True
    )
    code = world.act(counter, file_dossier, filing, at="2026-03-02 08:00").case.code  # the sixtieth day
    world.act(counter, perform_action, code, "forward")
    world.act(desk, perform_action, code, "start", at="2026-03-04 08:00")
    (birth,) = children(installation, code)
    assert birth["procedure"] == "1.001193"
    assert money(installation, birth["code"]).owed == 0
    world.act(counter, rectify, birth["code"], "Ghi sai ngày sinh", fields={"child.born": "2025-12-31"})
    assert money(installation, birth["code"]).due == 8_000
    world.act(counter, rectify, birth["code"], "Ghi đúng rồi", fields={"child.born": "2026-01-01"})
    assert money(installation, birth["code"]).due == 0
    finish_birth(installation, birth["code"])
    world.act(desk, perform_action, code, "born")
    others = [child for child in children(installation, code) if child["procedure"] != "1.001193"]
    assert {child["procedure"] for child in others} == {"1.004222", "BHYT.TE6"}
    assert [money(installation, child["code"]).owed for child in others] == [0, 0]


def test_a_permit_paid_as_a_house_owes_the_difference_as_works(installation: RealInstallation) -> None:
    world = installation.world
    counter = installation.actor(installation.hired(CENTRE, "counter")[0])
    fields = {
        "land.commune": COMMUNE, "land.parcel": "Thửa 12", "land.address": "Số 1", "land.area": 80,
        "building.kind": "house", "building.floors": 3, "building.area": 210,
    }  # fmt: skip
    papers = [{"key": "don", "original": 1}, {"key": "giay_dat", "certified": 1}, {"key": "ban_ve", "original": 2}]
    filing = Filing(
        procedure="1.013225", applicant=APPLICANT, intake_office=CENTRE, fields=fields, documents=papers, receive=True
    )
    code = world.act(counter, file_dossier, filing).case.code
    world.act(counter, settle_fee, code, "nha_o", "cash", "BL-1")
    world.act(counter, rectify, code, "Ghi sai", fields={"building.kind": "works"})
    told = money(installation, code)
    assert (told.owed, told.paid, told.due, told.refund) == (150_000, 75_000, 75_000, 0)
    world.act(counter, settle_fee, code, "cong_trinh", "cash", "BL-2")
    world.act(counter, rectify, code, "Vẫn là nhà ở", fields={"building.kind": "house"})
    told = money(installation, code)
    assert (told.owed, told.paid, told.due, told.refund) == (75_000, 150_000, 0, 75_000)


LINKED = [(parent, key) for parent in shipped() for key in parent.children]


@pytest.mark.parametrize(("parent", "key"), LINKED, ids=[f"{parent.procedure}-{key}" for parent, key in LINKED])
def test_what_a_linked_dossier_owes_follows_from_what_the_family_gave(parent: Release, key: str) -> None:
    """No fee of a child hangs on a field that only a clerk could tick afterwards: without it nothing may be owed."""
    child = parent.children[key]
    release = RELEASES[child.procedure]
    workflow, declared = compile_release(release), declared_facts(release)
    given = {name for name, field in release.fields.items() if name in child.fields or not field.personal}
    for name, fee in release.fees.items():
        read = {one for one in declared if one in f"{fee.when} {fee.per} {fee.copies or ''}" and one in release.fields}
        for left in read - set(child.fields):
            assert left in given
            known = workflow.facts({})
            assert fact(known, left, declared[left]) in (False, 0, "")
            assert name not in workflow.fees_due(known, "79") or workflow.fees_due(known, "79")[name] == 0


def test_a_release_without_the_new_keys_has_the_bytes_that_it_had() -> None:
    shipped_now = RELEASES["1.012783"]
    corrects_none = msgspec.structs.replace(shipped_now.effective, replaces=msgspec.UNSET)
    plain = msgspec.structs.replace(shipped_now, effective=corrects_none)
    told = msgspec.to_builtins(plain)
    assert set(told["fees"]["le_phi"]) == {"name", "vnd", "by_province", "per", "when", "collect", "verified"}
    assert set(told["effective"]) == {"start", "until", "running", "migrate"}


def children(installation: RealInstallation, code: str) -> list[dict[str, Any]]:
    number = installation.world.row(code)["id"]
    with installation.world.reading() as connection:
        found = connection.execute(select(dossiers).where(dossiers.c.parent_id == number).order_by(dossiers.c.id))
        return [dict(row) for row in found.mappings()]


def finish_birth(installation: RealInstallation, code: str) -> None:
    """The birth dossier on its usual way to the end."""
    world, who = installation.world, {}
    for role, office in (("counter", CENTRE), ("specialist", "UB-26740"), ("leader", "UB-26740")):
        who[role] = installation.actor(installation.hired(office, role)[0])
    for role, action in (("counter", "receive"), ("counter", "forward"), ("specialist", "submit")):
        world.act(who[role], perform_action, code, action)
    world.act(who["leader"], add_document, code, key="ket_qua", content=PDF)
    world.act(who["leader"], perform_action, code, "sign")
