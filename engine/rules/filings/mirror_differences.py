"""In what a mirrored dossier may differ from its source, and whose turn it then is.

A difference is kept by its Vietnamese word, which stands in the incidents and on the dossier, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.text import Text

STATE: Final = "trạng thái"
DUE: Final = "hạn trả"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What differs in words, whose turn it is, and what is to be done."""

    name: Text
    whose: Text
    advice: Text


TURNS: Final[Mapping[str, Turn]] = {
    STATE: Turn(
        name=Text("trạng thái", "state"),
        whose=Text("người quản trị ở đây", "an administrator here"),
        advice=Text(
            "Tệp ánh xạ chưa có bước đúng với trạng thái bên đó; ở đây hiện bước gần nhất. Thêm vào "
            "mirrors.states, kiểm tra bằng motcua filings check, khởi động lại; lần đồng bộ tới sẽ hết khác.",
            "The mapping file has no state that is exactly theirs; the nearest is shown here. Add it to "
            "mirrors.states, check it by motcua filings check, start again; the next synchronisation ends the "
            "difference.",
        ),
    ),
    DUE: Turn(
        name=Text("hạn trả", "due day"),
        whose=Text("hệ thống giữ hồ sơ", "the system that has the dossier"),
        advice=Text(
            "Hạn bên đó khác hạn theo lịch làm việc và thời hạn ở đây. Báo đơn vị vận hành hệ thống đó; nếu bên đó "
            "đúng thì sửa lịch hoặc thời hạn của thủ tục ở đây.",
            "Their due day is another than the one by the calendar and the term here. Tell the operator of that "
            "system; if theirs is right, mend the calendar or the term of the procedure here.",
        ),
    ),
}
"""By the word of the difference."""
_BY_PERSON: Final = (
    Text("người có thẩm quyền ở hai hệ thống", "people at both systems"),
    Text(
        "So hồ sơ ở hai hệ thống, rồi sửa ở nơi ghi sai; lần đồng bộ tới so lại.",
        "Compare the dossier in both systems, and mend it where it is wrong; the next synchronisation compares again.",
    ),
)


def turn_of(what: str) -> Turn:
    """Whose turn a difference is; of a word that a connector of its own wrote, people's at both systems."""
    whose, advice = _BY_PERSON
    return TURNS.get(what) or Turn(name=Text(what, what), whose=whose, advice=advice)
