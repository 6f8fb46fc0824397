"""The installation that is fuzzed: dossiers in every state, the parts of their addresses, and what must stay hidden."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.acts.staff import people
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.dossiers import dossiers
from engine.transaction import UnitOfWork, in_transaction
from tests.acceptance.dossiers_in_states import WAYS, bring_to, far_dossier
from tests.installation.filings import PDF
from tests.installation.runtime import NOW
from tests.installation.served import ServedInstallation
from tests.installation.trial_content import AUTHORITY, CENTRE, FAR_CENTRE, OTHER_AUTHORITY, SAIGON, STAFF
from tests.installation.trial_release import PROCEDURE

PERSONAL = ("079300012345", "0901234567", "dao@example.org", "12 Lê Lợi", "Nguyễn Văn Cha")
"""What the dossiers of CENTRE hold and only a person of theirs is shown, after giving a reason."""
ELSEWHERE = ("Phạm Thị Xa", "0987000111", "Phạm Văn Xa")
POSSIBLE: dict[str, dict[str, Any]] = {
    "POST /api/v1/dossiers": {
        "procedure": PROCEDURE,
        "applicant": {"kind": "citizen", "name": "Lê Văn Thử", "commune": SAIGON},
        "fields": {"land.commune": SAIGON, "purpose": "học tập", "father": "Lê Văn Cha"},
        "intake_office": CENTRE,
        "documents": [{"key": "form", "original": 1}],
    },
    "POST /api/v1/dossiers/{code}/rectifications": {"number": 1, "applicant": {"name": "Lê Văn Sửa"}, "fields": {}},
}
"""Parts of a body that the procedure takes, by operation; no schema can say them. They tell nothing of ``PERSONAL``."""
NEAR = frozenset(("counter", "specialist", "colleague", "leader", "monitor"))
ACTORS = ("anyone", *STAFF)


@dataclass(slots=True)
class Ground:
    """A filled installation, and the words with which its things are asked for."""

    installation: ServedInstallation
    codes: list[str]
    tokens: list[str]
    receipts: list[str]
    far: str
    documents: list[int]
    questions: list[int]
    asked: str
    """The dossier about which ``OTHER_AUTHORITY`` was asked."""

    def token(self, actor: str) -> str | None:
        return None if actor == "anyone" else self.installation.person(actor).token

    def version(self, code: str) -> int:
        """The version that a dossier has now; 1 for one that is not there."""
        with self.installation.runtime.database.connect() as connection:
            statement = select(dossiers.c.version).where(dossiers.c.code == code)
            return int(connection.execute(statement).scalar() or 1)

    def spare_token(self) -> str:
        """A session that may be ended."""

        def issue(uow: UnitOfWork) -> str:
            number = people.person_named(uow.begin(), "counter")
            assert number is not None
            return people.issue_token(uow, number, dt.timedelta(days=4000))

        return in_transaction(self.installation.runtime, SYSTEM_ACTOR, issue, now=NOW)

    def hidden_from(self, actor: str) -> tuple[str, ...]:
        """What no answer to the actor may hold unless the request held it."""
        others = () if actor == "far-counter" else ELSEWHERE
        if actor in NEAR:
            return others
        # Whoever holds a link learns the code of the dossier that it opens, and nothing personal.
        if actor == "anyone":
            return (*others, *PERSONAL)
        return (*others, *PERSONAL, *(one for one in self.codes if (one, actor) != (self.asked, "other-specialist")))

    def words(self) -> tuple[dict[str, list[Any]], dict[str, Any]]:
        """Dictionaries of values that exist, and where each is put in and how often."""
        often = {
            "path.code": ("codes", [*self.codes, self.far], 0.9),
            "path.token": ("tokens", self.tokens, 0.9),
            "path.number": ("numbers", [*self.documents, *self.questions, "01", "06"], 0.8),
            "path.key": ("keys", ["fee", "form", "card"], 0.8),
            "path.procedure": ("procedures", [PROCEDURE], 0.8),
            "header.If-Match": ("versions", [f'"{number}"' for number in range(1, 9)], 0.7),
            "query.office": ("offices", [CENTRE, AUTHORITY, FAR_CENTRE], 0.8),
            "query.holder_office": ("offices", [], 0.3),
            "body.action": ("actions", ["receive", "forward", "ask", "submit", "sign", "return", "withdraw"], 0.9),
            "body.office": ("authorities", [OTHER_AUTHORITY, AUTHORITY, "UB-00070"], 0.9),
            "body.intake_office": ("offices", [], 0.9),
            "body.procedure": ("procedures", [], 0.9),
            "body.number": ("entries", [1], 0.5),
            "body.person": ("people", list(range(1, len(STAFF) + 1)), 0.8),
            "body.dossier": ("codes", [], 0.9),
            "body.key": ("keys", [], 0.8),
            "body.code": ("codes", [], 0.9),
            "body.receipt_code": ("receipts", self.receipts, 0.5),
            "body.username": ("names", list(STAFF), 0.5),
        }
        words = {name: values for name, values, _ in often.values() if values}
        bound = {where: {"dictionary": name, "probability": share} for where, (name, _, share) in often.items()}
        return words, bound


def prepare(installation: ServedInstallation) -> Ground:
    """Files a dossier in every state, one far away, with files, questions and links."""
    filed = [bring_to(installation, state) for state in WAYS]
    far = far_dossier(installation)
    documents, questions = [], []
    for one in filed[1:4]:
        added = installation.person("counter").post(
            f"/api/v1/dossiers/{one['code']}/documents",
            data={"key": "card", "file": (io.BytesIO(PDF), "the.pdf")},
            content_type="multipart/form-data",
        )
        documents.append(added.json["document"])
    path = f"/api/v1/dossiers/{filed[2]['code']}/verifications"
    asked = installation.person("specialist").post(
        path,
        {"office": OTHER_AUTHORITY, "question": "Có đúng không?"},
        version=installation.version_of(filed[2]["code"]),
    )
    assert asked.status_code == 200, asked.text
    questions.append(installation.person("specialist").get(path).json["items"][0]["id"])
    return Ground(
        installation,
        [one["code"] for one in filed],
        [one["link_token"] for one in filed],
        [one["receipt_code"] for one in filed],
        far["code"],
        documents,
        questions,
        filed[2]["code"],
    )
