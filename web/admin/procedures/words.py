"""The words of plans: where dossiers go, what became of them, and how a version stands."""

from __future__ import annotations

from collections.abc import Mapping

from engine.rules.versions.fates import WHY
from engine.text import Text

OUTCOMES: Mapping[str, Text] = {
    "moves": Text("chuyển", "move"),
    "choice": Text("cần chọn bước", "need a choice"),
    "cannot": Text("không chuyển được, giữ phiên bản cũ", "cannot move and keep their version"),
    "stays": Text("giữ phiên bản cũ", "keep their version"),
}
"""Where a plan sends dossiers."""

STATUSES: Mapping[str, Text] = {
    "waiting": Text("Chờ chuyển", "To be moved"),
    "done": Text("Đã chuyển", "Moved"),
    "choice": Text("Cần chọn bước", "Need a choice"),
    "cannot": Text("Không chuyển được", "Cannot move"),
    "stale": Text("Đã thay đổi sau khi lập", "Changed since the plan"),
    "ended": Text("Đã kết thúc trước đó", "Ended before"),
    "replaced": Text("Thuộc kế hoạch sau", "In a later plan"),
    "reverted": Text("Đã hoàn lại", "Taken back"),
    "touched": Text("Có người xử lý, không hoàn lại", "Worked on since, stay"),
}
"""What became of the dossiers of a plan, in the order in which it is told."""

STATES: Mapping[str, Text] = {
    "loading": Text("Đang nạp", "Being loaded"),
    "ready": Text("Đã công bố, chờ ngày hiệu lực hoặc chờ chuyển", "Published, waits for its first day or to move"),
    "applying": Text("Đang chuyển hồ sơ", "Dossiers are being moved"),
    "applied": Text("Đã áp dụng", "Applied"),
    "reverting": Text("Đang hoàn lại", "Being taken back"),
    "reverted": Text("Đã hoàn lại", "Taken back"),
}
"""The states of a loaded plan."""

RUNNING: Mapping[str, Text] = {
    "keep": Text("giữ phiên bản cũ", "keep their version"),
    "migrate": Text("chuyển sang phiên bản mới", "move to the new version"),
    "ask": Text("để người có thẩm quyền chọn", "a person decides"),
}
"""What a version says of running dossiers."""

STANDINGS: Mapping[str, Text] = {
    "in-force": Text("Đang áp dụng", "In force"),
    "future": Text("Chưa đến ngày hiệu lực", "In force later"),
    "past": Text("Hết hiệu lực", "No longer in force"),
}
"""How a published version stands today."""


def why_words(key: str | None) -> Text | None:
    """Why a dossier needs a choice or cannot move; None without a reason."""
    return WHY.get(key) if key else None


PROCESSED: Mapping[str, Text] = {
    "here": Text("Phần mềm này", "This system"),
    "ministry": Text("Hệ thống tập trung của bộ", "A ministry's central system"),
    "specialised": Text("Phần mềm chuyên ngành", "Specialised software"),
}
"""Where a procedure is processed."""

ONLINE: Mapping[str, Text] = {
    "no": Text("Không nộp trực tuyến", "Not online"),
    "partial": Text("Trực tuyến một phần", "Partly online"),
    "full": Text("Trực tuyến toàn trình", "Fully online"),
}
"""Whether it is filed online."""

KEPT: Mapping[str, Text] = {
    "in-time": Text("đúng hạn", "in time"),
    "late": Text("trễ", "late"),
    "waiting": Text("còn trong hạn", "still open"),
    "unknown": Text("không tính được", "cannot be told"),
}
"""Whether a deadline of publication was kept."""
