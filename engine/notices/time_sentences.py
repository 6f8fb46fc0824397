"""The sentences of notices about time: no appointment may be named; a dossier ends by itself."""

from __future__ import annotations

from typing import Final

from engine.rules.deadlines.promise import Standing
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text

NO_APPOINTMENT: Final[dict[Standing, Text]] = {
    "open": Text("Ngày hẹn khi đó nay đã qua.", "The due date given then has passed."),
    "paused": Text(
        "Thời hạn đang tạm dừng, ngày hẹn báo sau tại đường dẫn này.",
        "The time limit is paused; the due date will be given at this link later.",
    ),
    "overdue": Text("Hồ sơ đã quá hạn trả kết quả.", "The dossier is overdue."),
    "ended": Text("Hồ sơ không còn hẹn trả kết quả.", "No result is due any more."),
    "none": Text("Hồ sơ chưa có ngày hẹn.", "No due date is set yet."),
}
"""The sentences in place of an appointment that may not be named. ``open``: it has passed since."""

_STOPPED = Text("hồ sơ sẽ tự động dừng giải quyết", "processing stops by itself")
_REFUSED = Text("hồ sơ sẽ không được tiếp nhận", "the dossier will not be received")
_STOPPED_IN_SHORT = Text("hồ sơ sẽ dừng", "it stops")
_REFUSED_IN_SHORT = Text("không tiếp nhận", "it is refused")
_DONE = Text("vẫn chưa thực hiện", "it is done")
_COLLECTED = Text("vẫn chưa nhận kết quả", "the result is collected")


def stop_sentence(moment: str, portal: int, after: int, *, short: bool) -> Text:
    """The sentence on the automatic stop of a dossier with the status ``portal``, which then gets the status ``after``.

    >>> stop_sentence("17:00 13/04/2026", 5, 8, short=True).en
    'After 17:00 13/04/2026 it stops.'
    """
    refused = after == PortalStatus.REFUSED
    if short:
        end = _REFUSED_IN_SHORT if refused else _STOPPED_IN_SHORT
        return Text(f"Quá {moment} {end.vi}.", f"After {moment} {end.en}.")
    end = _REFUSED if refused else _STOPPED
    awaited = _COLLECTED if portal == PortalStatus.READY else _DONE
    return Text(f"Nếu đến {moment} {awaited.vi}, {end.vi}.", f"Unless {awaited.en} by {moment}, {end.en}.")
