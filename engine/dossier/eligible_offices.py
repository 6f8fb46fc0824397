"""Which offices can take a part in a dossier: by the rules of its procedure, and with people who have the role."""

from __future__ import annotations

import datetime as dt

from engine.dossier.case import Case
from engine.rules.offices.competence import competent
from engine.rules.offices.index import level_of
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Release
from engine.store.people import role_members
from engine.text import Text
from engine.transaction import UnitOfWork


def why_not(case: Case, key: str, office: str) -> Text | None:
    """Why an office is not one that can hold the dossier's part ``key`` today; None where it is."""
    kind, province = case.row["applicant_kind"], case.row["province"]
    return why_office_not(case.unit, case.release, key, office, kind, province)


def why_office_not(unit: UnitOfWork, release: Release, key: str, office: str, kind: str, province: str) -> Text | None:
    """``why_not`` for a dossier that is not opened yet. The office must be in being.

    It must be named by an arm of the routing rule, or be of the level and body that the law makes competent, in the
    dossier's province. And somebody must have a role of the procedure there, else nobody could go on with the dossier.
    """
    known, today = unit.catalogue.office(office), unit.today
    unfit = _why_unfit(unit, release, key, known, kind, province, today)
    if unfit is not None:
        return unfit
    roles = [name for name, role in release.roles.items() if role.unit == key]
    if not any(role_members(unit.reader(), office, role, today) for role in roles):
        return Text(f"ở đó chưa có ai giữ vai trò {', '.join(roles)}", f"nobody there has the role {', '.join(roles)}")
    return None


def why_no_support_point(unit: UnitOfWork, office: str, province: str) -> Text | None:
    """Why an office is not one that may help an applicant with a filing in a province today; None where it is."""
    known = unit.catalogue.offices.get(office)
    if known is None or not known.valid(unit.today):
        return Text("hôm nay không có cơ quan nào mang mã này", "no office has this code today")
    if not known.receives:
        return Text("cơ quan này không tiếp nhận hồ sơ", "this office does not receive dossiers")
    if known.province != province:
        return Text("cơ quan này thuộc tỉnh khác", "this office lies in another province")
    return None


def _why_unfit(
    unit: UnitOfWork, release: Release, key: str, office: Office, kind: str, province: str, today: dt.date
) -> Text | None:
    route = release.routing[key]
    if route.branches:
        if office.code in {branch.then for branch in route.branches}:
            return None
        return Text("quy tắc của thủ tục không nêu cơ quan này", "no rule of the procedure names this office")
    if office.province != province:
        return Text("cơ quan này thuộc tỉnh khác", "it lies in another province")
    task = (route.by or "").partition(":")[2]
    law = competent(unit.catalogue.competences, task or release.procedure, kind, today)
    if (office.body, level_of(office.unit_id)) != (law.body, law.level):
        words = law.in_words()
        return Text(f"thẩm quyền thuộc {words.vi}", f"the competence lies with the {words.en}")
    return None
