"""How many papers, and how many bytes of files, a dossier takes: in all, and from one side until it moves on.

Every paper is an entry of the journal, and so a new version of the dossier. Without a bound the applicant could fill
the disk, and keep a clerk's request stale for ever. The bounds of the two sides are apart: what the applicant sends
leaves room for the office, whose results must find a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from engine.dossier.case import Case
from engine.dossier.papers import history
from engine.errors import Conflict
from engine.store.documents import documents
from engine.upload_settings import Bound, UploadSettings


class TooManyPapers(Conflict):
    """The dossier, or one side for the present request or step, has as many papers as are taken."""

    code = "too-many-papers"
    vi = "{where_vi} đã có {most} giấy tờ, không nhận thêm. {do_vi}."
    en = "{where_en} has {most} papers already, and no more are taken. {do_en}."


class PapersTooLarge(Conflict):
    """With this file the dossier, or one side for the present request or step, would have more bytes than are taken."""

    code = "papers-too-large"
    vi = "{where_vi} chỉ nhận tối đa {most} byte; tệp này làm vượt quá. {do_vi}."
    en = "{where_en} takes {most} bytes at most, and this file exceeds them. {do_en}."


def must_have_room(case: Case, size: int) -> None:
    """Requires that one more paper, with a file of ``size`` bytes, is within the bounds of the dossier and the side.

    Raises TooManyPapers, PapersTooLarge.
    """
    bounds, told = case.unit.settings.uploads, history(case)
    sizes = _sizes(case)
    _check(sizes.values(), size, bounds.dossier, _DOSSIER)
    citizen = case.unit.actor.kind == "citizen"
    side = {one: entry for one, (entry, who) in told.brought.items() if who.startswith("citizen") == citizen}
    if citizen:
        half = Bound(max(1, bounds.dossier.papers // 2), bounds.dossier.size // 2)
        _check([sizes.get(one, 0) for one in side], size, half, _LINK)
    now = [sizes.get(one, 0) for one, entry in side.items() if entry > told.since]
    _check(now, size, bounds.asked if citizen else bounds.step, _ASKED if citizen else _STEP)


def must_fit_filing(bounds: UploadSettings, sizes: Sequence[int]) -> None:
    """Requires that the files of a filing are within the bounds of one step. Raises TooManyPapers, PapersTooLarge."""
    if sizes:
        _check(sizes[:-1], sizes[-1], bounds.step, _STEP)


def _sizes(case: Case) -> dict[int, int]:
    """The bytes of every paper the dossier ever got. One that is reused has no file of its own."""
    wanted = select(documents.c.id, documents.c.size, documents.c.reused_from).where(documents.c.dossier_id == case.id)
    rows = case.unit.reader().execute(wanted)
    return {row.id: 0 if row.reused_from is not None else row.size or 0 for row in rows}


def _check(sizes: Iterable[int], size: int, bound: Bound, words: dict[str, str]) -> None:
    known = list(sizes)
    if len(known) >= bound.papers:
        raise TooManyPapers(most=bound.papers, **words)
    if size and sum(known) + size > bound.size:
        raise PapersTooLarge(most=bound.size, **words)


_OFFICE = {
    "do_vi": "Hãy gộp thành một tệp PDF nhỏ hơn, hoặc nộp bản giấy tại bộ phận một cửa",
    "do_en": "Join them into a smaller PDF, or bring them on paper to the counter",
}
_DOSSIER = {"where_vi": "Hồ sơ này", "where_en": "This dossier"} | _OFFICE
_LINK = {"where_vi": "Đường liên kết của hồ sơ này", "where_en": "The link of this dossier"} | _OFFICE
_ASKED = {"where_vi": "Lần yêu cầu bổ sung này", "where_en": "This request for a supplement"} | _OFFICE
_STEP = {
    "where_vi": "Bước này của hồ sơ",
    "where_en": "This step of the dossier",
    "do_vi": "Hãy gộp thành một tệp PDF nhỏ hơn, hoặc chuyển hồ sơ sang bước tiếp theo",
    "do_en": "Join them into a smaller PDF, or take the dossier to its next step",
}
