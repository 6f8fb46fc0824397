"""Who acts, on what, and how well they are prepared: everything that is left to luck in a walk."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any, TypeVar

from tests.model import samples
from tests.model.dossier import Dossier
from tests.model.model_installation import CENTRES, SYSTEM, ModelInstallation, Wanted
from tests.model.parts import Who
from tests.model.procedure import Refused
from tests.model.real_installation import RealInstallation, new_model

T = TypeVar("T")


class Cast:
    """A model of its own beside a real installation that earlier walks used, and luck."""

    def __init__(self, luck: random.Random, real: RealInstallation, procedure: str) -> None:
        self._luck, self.real, self.procedure = luck, real, procedure
        self.model: ModelInstallation = new_model()
        self.model.posts = {one: frozenset({post}) for post, people in real.staff.items() for one in people}
        self.now = self.pick(samples.beginnings(procedure))

    def pick(self, values: Sequence[T]) -> T:
        return self._luck.choice(values)

    def seldom(self) -> bool:
        return self._luck.random() < 0.1

    def _some(self) -> Dossier:
        open_ = [code for code, one in self.model.dossiers.items() if not one.state["final"]]
        return self.model.dossiers[self.pick(open_ if open_ and not self.seldom() else list(self.model.dossiers))]

    def _version(self, dossier: Dossier) -> int | None:
        version = dossier.row["version"]
        return self.pick([*[None, version] * 6, version - 1])

    def _reason(self) -> str | None:
        return self.pick(["vì lý do mẫu", "vì lý do mẫu", "vì lý do mẫu", None])

    def _paper(self, dossier: Dossier) -> int:
        return self.pick([*(paper.number or 0 for paper in dossier.papers), 0])

    def _flipped(self, dossier: Dossier) -> dict[str, Any]:
        """One answer of yes or no turned round."""
        fields = dossier.procedure.data["fields"]
        asked = [key for key, one in fields.items() if one["type"] == "boolean"]
        if not asked:
            return {}
        key = self.pick(asked)
        return {key: not dossier.form.get(key, False)}

    def _asks(self, dossier: Dossier) -> tuple[str, ...]:
        """A request that names every question of the form that is answered by yes or no, or nothing."""
        fields = dossier.procedure.data["fields"]
        named = tuple(key for key, one in fields.items() if one["type"] == "boolean")
        return self.pick([(), named, named])

    def _somebody(self, dossier: Dossier) -> Who:
        """Most often who must act now, else whoever has a role in the dossier."""
        row = dossier.row
        if row["holder_office"] and not self.seldom():
            return self._at(row["holder_office"], row["holder_role"])
        role = self.pick(list(dossier.procedure.roles))
        return self._one_of(dossier, role)

    def _anybody(self, dossier: Dossier) -> Who:
        kind = self.pick(["somebody", "somebody", "role", "citizen", "stranger", "leader"])
        if kind == "citizen":
            return Who("citizen", dossier=dossier.code)
        if kind == "stranger":
            return self._stranger()
        if kind == "leader":
            return self._at(dossier.row["handler_office"], "leader")
        if kind == "role":
            return self._one_of(dossier, self.pick(list(dossier.procedure.roles)))
        return self._somebody(dossier)

    def _one_of(self, dossier: Dossier, role: str) -> Who:
        """Somebody in a role of the release on this dossier."""
        if role == "applicant":
            return Who("citizen", dossier=dossier.code)
        if role == "system":
            return SYSTEM
        return self._at(dossier.row["offices"][dossier.procedure.roles[role]["unit"]], role)

    def _stranger(self) -> Who:
        return self._at("UB-26098", "counter")

    def _receiver(self, commune: str) -> Who:
        """A clerk who may receive this procedure at the centre of a commune."""
        procedure = next(one for one, _, _ in self.model.releases if one.code == self.procedure)
        receiving = next(one for one in procedure.actions.values() if one["effect"] == "receive")
        return self._at(CENTRES[commune], next(role for role in receiving["by"] if role in procedure.roles))

    def _at(self, office: str, role: str) -> Who:
        people = self.real.hired(office, role)
        self.model.posts |= {one: frozenset({(office, role)}) for one in people}
        return self._staff(self.pick(people))

    def _staff(self, person: int) -> Who:
        return Who("staff", person, self.model.posts[person])

    def _papers_for(self, wanted: Wanted, day: dt.date) -> list[dict[str, Any]]:
        """Every paper that the procedure may ask for, whatever the form says."""
        try:
            papers = self.model.current(wanted.procedure, day).data["documents"]
        except Refused:
            return []
        kinds = ("original", "certified", "copy")
        return [
            {"key": key} | {kind: paper[kind] for kind in kinds} for key, paper in papers.items() if not paper["result"]
        ]

    def _spoil(self, wanted: Wanted) -> None:
        fault = self.pick(["channel", "kind", "field"])
        if fault == "channel":
            wanted.channel = self.pick(["post", "portal", "counter"])
        elif fault == "kind":
            wanted.kind = self.pick(["citizen", "business", "organisation", "state_body", "foreigner"])
            wanted.applicant = samples.applicant(wanted.kind, wanted.commune, True)
        else:
            left = self.pick(sorted(wanted.fields))
            wanted.fields = {key: value for key, value in wanted.fields.items() if key != left}
