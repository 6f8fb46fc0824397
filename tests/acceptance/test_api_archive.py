"""The archive over HTTP: packages, receipts and lists for destruction, as by the commands, for administrators alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.archive import archive_bags, archive_destructions
from engine.store.dossiers import dossiers
from engine.transaction import UnitOfWork, in_transaction
from tests.acceptance.test_api_lists import walk
from tests.installation.served import ServedInstallation, served_copy

AT = "/api/v1/archive"
TERMS = 'terms:\n  - procedures: ["*"]\n    years: 0\n    legal: "QĐ mẫu"\n'
RECEIPT = {"number": "15/BN-LT", "day": "2026-03-02", "archive": "Trung tâm Lưu trữ mẫu", "sha256": "AB" * 32}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[ServedInstallation]:
    opened = served_copy(tmp_path)
    yield opened
    opened.close()


def packed(installation: ServedInstallation, number: int = 1) -> list[str]:
    """Dossiers of long ago that stand as packed; their codes, newest first."""
    codes = [str(installation.filed()["code"]) for _ in range(number)]

    def act(unit: UnitOfWork) -> None:
        connection = unit.begin()
        for code in codes:
            own = dossiers.c.code == code
            dossier = connection.execute(select(dossiers.c.id).where(own)).scalar_one()
            connection.execute(update(dossiers).where(own).values(finished_at=unit.now.replace(year=2019)))
            row = {"dossier_id": dossier, "bag": code, "sha256": "ab" * 32, "files": 9, "bytes": 5, "entries": 1}
            connection.execute(insert(archive_bags), row | {"exported_at": unit.now})

    in_transaction(installation.runtime, SYSTEM_ACTOR, act)
    return codes[::-1]


def test_packages_are_listed_and_receipts_recorded_once_and_only_for_our_hash(installation: ServedInstallation) -> None:
    codes, admin = packed(installation, 3), installation.person("admin")
    assert admin.get(AT).json["packed"] == 3
    listed: list[dict[str, Any]] = walk(installation, "admin", f"{AT}/packages?way=packed&limit=2")
    assert [one["code"] for one in listed] == codes and "Nguyễn" not in str(listed)
    path = f"{AT}/packages/{codes[0]}/receipts"
    other = admin.post(path, RECEIPT | {"sha256": "cd" * 32})
    assert (other.status_code, other.json["code"]) == (409, "archive-receipt-for-another")
    for _ in range(2):
        assert admin.post(path, RECEIPT).status_code == 204
    assert admin.post(path, RECEIPT | {"number": "16"}).json["code"] == "archive-receipt-known"
    assert admin.post(path, RECEIPT | {"day": "2030-01-01"}).status_code == 422
    assert admin.post(f"{AT}/packages/KHONG-CO/receipts", RECEIPT).status_code == 404
    (one,) = admin.get(f"{AT}/packages?way=transferred").json["items"]
    assert (one["code"], one["receipt"], one["receipt_day"]) == (codes[0], "15/BN-LT", "2026-03-02")
    for who in ("counter", "leader", "monitor"):
        assert installation.person(who).get(f"{AT}/packages").status_code == 403
        assert installation.person(who).post(path, RECEIPT).status_code == 403


def test_a_list_for_destruction_needs_two_administrators(installation: ServedInstallation) -> None:
    (code,), admin = packed(installation), installation.person("admin")
    body = {"terms": TERMS.replace("0", "1"), "reason": "hết thời hạn"}
    none = admin.post(f"{AT}/destructions", body)
    assert (none.status_code, none.json["code"]) == (409, "archive-nothing-to-destroy"), "it was not transferred"
    assert admin.post(f"{AT}/packages/{code}/receipts", RECEIPT).status_code == 204
    faulty = admin.post(f"{AT}/destructions", body | {"terms": "terms: [{years: x}]"})
    assert faulty.json["code"] == "retention-file-refused" and "1:" in faulty.json["detail"]
    made = admin.post(f"{AT}/destructions", body)
    assert (made.status_code, made.json["status"], made.json["dossiers"]) == (201, "proposed", 1)
    path = made.headers["Location"]
    assert admin.get(path).json["mine"] and not admin.get(path).json["has_minutes"]
    own = admin.put(f"{path}/decision", {"approve": True})
    assert (own.status_code, own.json["code"]) == (403, "archive-second-person-needed")

    def by_another(unit: UnitOfWork) -> None:
        unit.begin().execute(update(archive_destructions).values(proposed_by=1))

    in_transaction(installation.runtime, SYSTEM_ACTOR, by_another)
    assert admin.put(f"{path}/decision", {"approve": True}).status_code == 204
    again = admin.put(f"{path}/decision", {"approve": False})
    assert (again.status_code, again.json["code"]) == (409, "archive-destruction-closed")
    assert [one["status"] for one in admin.get(f"{AT}/destructions").json["items"]] == ["approved"]
    assert admin.get(f"{path}/minutes.pdf").status_code == 404
    assert installation.person("leader").put(f"{path}/decision", {"approve": True}).status_code == 403
