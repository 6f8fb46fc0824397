"""The content of the served installation: three communes of two provinces, their offices, one procedure, and staff."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from cli.seed import seed
from engine.rules.deadlines.calendar import Calendar
from engine.rules.offices.competence import Competence
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Unit
from engine.transaction import Runtime, UnitOfWork, in_transaction
from tests.installation.content import Content
from tests.installation.databases import Filled
from tests.installation.offices import centre_and_authority
from tests.installation.people import Posts, employ
from tests.installation.releases import START
from tests.installation.runtime import runtime_over
from tests.installation.trial_release import PROCEDURE, trial_release

PASSWORD = "mat-khau-dai-de-thu"
SAIGON, TAN_DINH, HOAN_KIEM = "26740", "26743", "00070"
CENTRE, AUTHORITY = f"TT-{SAIGON}", f"UB-{SAIGON}"
OTHER_CENTRE, OTHER_AUTHORITY = f"TT-{TAN_DINH}", f"UB-{TAN_DINH}"
FAR_CENTRE, FAR_AUTHORITY = f"TT-{HOAN_KIEM}", f"UB-{HOAN_KIEM}"

STAFF: dict[str, Posts] = {
    "counter": [(CENTRE, "counter")],
    "specialist": [(AUTHORITY, "specialist")],
    "colleague": [(AUTHORITY, "specialist")],
    "leader": [(AUTHORITY, "leader")],
    "other-counter": [(OTHER_CENTRE, "counter")],
    "other-specialist": [(OTHER_AUTHORITY, "specialist")],
    "far-counter": [(FAR_CENTRE, "counter")],
    "monitor": [(OTHER_AUTHORITY, "monitor")],
    "nobody": [],
    "admin": [],
}


def fill(runtime: Runtime) -> None:
    """Publishes the content and employs ``STAFF``."""
    seed(runtime, _content())
    in_transaction(runtime, SYSTEM_ACTOR, _employ)
    runtime.database.dispose()


def filing(**changes: Any) -> dict[str, Any]:
    """The body of a dossier that can be filed at CENTRE."""
    body = {
        "procedure": PROCEDURE,
        "applicant": {
            "kind": "citizen",
            "name": "Nguyễn Thị Đào",
            "identity_number": "079300012345",
            "phone": "0901234567",
            "email": "dao@example.org",
            "address": "12 Lê Lợi",
            "commune": SAIGON,
        },
        "fields": {"land.commune": SAIGON, "purpose": "vay vốn", "father": "Nguyễn Văn Cha"},
        "intake_office": CENTRE,
        "documents": [{"key": "form", "original": 1}, {"key": "card", "copy": 1}],
        "receive": True,
    }
    return body | changes


def _fill(url: str, folder: Path) -> None:
    fill(runtime_over(url, folder))


TRIAL = Filled("trial", _fill)


def _content() -> Content:
    words = {"vi": "Việc mới {code}", "en": "New work {code}"}
    communes = ((SAIGON, "79"), (TAN_DINH, "79"), (HOAN_KIEM, "01"))
    return Content(
        territory=_territory(),
        offices=[office for code, province in communes for office in centre_and_authority(code, province, START)],
        competences=[Competence(PROCEDURE, None, "commune", "authority", START, None, "01/2025/NĐ-CP")],
        calendars={"vn": Calendar("vn", dt.date(2025, 1, 1), dt.date(2027, 12, 31))},
        templates={"giao-viec": {"subject": words, "body": words, "sms": words}},
        releases=[trial_release()],
    )


def _employ(unit: UnitOfWork) -> None:
    employ(unit, STAFF, START, called="Người {}", password=PASSWORD)


def _territory() -> Territory:
    def unit(code: str, level: Level, kind: str, name: str, parent: str | None = None) -> Unit:
        return Unit(code, level, kind, name, parent, START, None, legal="202/2025/QH15")

    return Territory(
        [
            unit("79", "province", "thanh_pho_tw", "Thành phố Hồ Chí Minh"),
            unit("01", "province", "thanh_pho_tw", "Thành phố Hà Nội"),
            unit(SAIGON, "commune", "phuong", "Phường Sài Gòn", "p:79"),
            unit(TAN_DINH, "commune", "phuong", "Phường Tân Định", "p:79"),
            unit(HOAN_KIEM, "commune", "phuong", "Phường Hoàn Kiếm", "p:01"),
        ],
        [],
    )
