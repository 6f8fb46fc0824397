"""Saved views of lists: one's own, and those that a person shares with an office where they work.

Whoever saved a view renames, shares and deletes it. A leader of its office deletes a shared one as well.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select, update

from engine.errors import Forbidden, NotFound, wrong
from engine.rules.procedure.permissions import LEADER, roles_in
from engine.store.saved_views import SavedView, desk_visits, saved_views, view_with
from engine.store.sql.put import put
from engine.transaction import UnitOfWork

MOST_VIEWS = 50
LONGEST_NAME, LONGEST_QUERY = 80, 1000


def save_view(unit: UnitOfWork, name: str, query: str, office: str | None = None) -> int:
    """Saves the state of a list, as it stands in its address, under a name; returns the view's id.

    With ``office`` everybody who works there has it. Raises InvalidInput, Forbidden.
    """
    person = _person(unit)
    named = _name(name)
    if len(query) > LONGEST_QUERY:
        raise wrong("truy_van", "bộ lọc quá dài", "the filters are too long")
    _must_work_at(unit, office)
    connection = unit.begin()
    own = select(func.count()).select_from(saved_views).where(saved_views.c.person_id == person)
    if connection.execute(own).scalar_one() >= MOST_VIEWS:
        raise wrong("ten", f"tối đa {MOST_VIEWS} bộ lọc đã lưu", f"at most {MOST_VIEWS} saved views")
    values = {"person_id": person, "office": office, "name": named, "query": query, "saved_at": unit.now}
    saved: int = connection.execute(insert(saved_views).values(**values).returning(saved_views.c.id)).scalar_one()
    return saved


def change_view(unit: UnitOfWork, number: int, name: str, office: str | None) -> None:
    """Renames a view, and shares it with an office or takes it back (None).

    Raises NotFound, InvalidInput, Forbidden.
    """
    view = _visible(unit, number)
    if view.person_id != unit.actor.person_id:
        raise Forbidden(why_vi="chỉ người đã lưu bộ lọc", why_en="only who saved the view")
    if office != view.office:
        _must_work_at(unit, office)
    changed = {"name": _name(name), "office": office}
    unit.begin().execute(update(saved_views).where(saved_views.c.id == number).values(**changed))


def delete_view(unit: UnitOfWork, number: int) -> None:
    """Deletes a view. Raises NotFound, Forbidden."""
    view = _visible(unit, number)
    leads = view.office is not None and LEADER in roles_in(unit.actor, view.office, unit.today)
    if view.person_id != unit.actor.person_id and not leads:
        raise Forbidden(
            why_vi="chỉ người đã lưu bộ lọc hoặc lãnh đạo cơ quan", why_en="only who saved the view, or a leader"
        )
    unit.begin().execute(delete(saved_views).where(saved_views.c.id == number))


def see_desk(unit: UnitOfWork) -> None:
    """Records that the person has now seen what came to their desk."""
    put(unit.begin(), desk_visits, {"person_id": _person(unit), "seen_at": unit.now})


def _person(unit: UnitOfWork) -> int:
    if unit.actor.person_id is None:
        raise Forbidden(why_vi="chỉ cán bộ", why_en="only staff")
    return unit.actor.person_id


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise wrong("ten", f"phải có 1 đến {LONGEST_NAME} ký tự", f"must have 1 to {LONGEST_NAME} characters")
    return name


def _must_work_at(unit: UnitOfWork, office: str | None) -> None:
    if office is not None and office not in unit.actor.offices(unit.today):
        raise Forbidden(why_vi="chỉ chia sẻ với cơ quan mình làm việc", why_en="share with an office of your own only")


def _visible(unit: UnitOfWork, number: int) -> SavedView:
    """The view if the actor has it. Raises NotFound."""
    view = view_with(unit.begin(), number)
    own = view is not None and view.person_id == unit.actor.person_id
    if view is None or not (own or view.office in unit.actor.offices(unit.today)):
        raise NotFound(what=f"view {number}")
    return view
