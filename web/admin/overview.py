"""The overview of administration: what waits for an administrator, and the way to every group of pages."""

from __future__ import annotations

from flask import current_app

from engine.acts.staff.administrators import LASTS
from engine.queries.incidents import every_incident, overdue_work
from engine.queries.staff import proposals
from engine.queries.staff_search import find_staff
from engine.text import Text
from server.identity import Access, reading
from web.pages import Pages
from web.render import render

overview = Pages("administration", audience="desk")
GROUPS = (
    (
        "/quan-tri/can-bo",
        "users",
        Text("Cán bộ", "Staff"),
        Text("người, vai trò, phiên, người quản trị, nhập từ tệp", "people, roles, sessions, administrators, import"),
    ),
    (
        "/quan-tri/co-quan",
        "office",
        Text("Cơ quan", "Offices"),
        Text("giờ làm việc, ngày đóng cửa, sáng thứ Bảy", "hours, closures, Saturday mornings"),
    ),
    (
        "/quan-tri/thu-tuc",
        "flow",
        Text("Thủ tục", "Procedures"),
        Text("quy trình, phiên bản, thử, công bố", "workflows, versions, trials, publication"),
    ),
    (
        "/quan-tri/don-vi",
        "map",
        Text("Đơn vị hành chính", "Units"),
        Text("đơn vị ở từng ngày, trước và sau sắp xếp", "units on any day, before and after mergers"),
    ),
    (
        "/quan-tri/tham-quyen",
        "tree",
        Text("Thẩm quyền", "Competences"),
        Text("cơ quan nào giải quyết thủ tục nào", "which office decides which procedure"),
    ),
    (
        "/quan-tri/sap-xep",
        "split",
        Text("Sắp xếp đơn vị", "Reorganisations"),
        Text("kế hoạch, duyệt, thực hiện", "plan, approve, apply"),
    ),
    (
        "/quan-tri/danh-muc",
        "files",
        Text("Danh mục thủ tục", "Catalogue"),
        Text("thủ tục áp dụng và tình trạng công bố", "procedures applied and their publication"),
    ),
    ("/so-do", "flow", Text("Sơ đồ", "Diagrams"), Text("hồ sơ đang ở bước nào", "at which step dossiers are")),
    (
        "/bao-cao",
        "chart",
        Text("Báo cáo", "Reports"),
        Text("chỉ số, đúng hạn, sổ sách", "indicators, on time, registers"),
    ),
    (
        "/quan-tri/luu-tru",
        "files",
        Text("Lưu trữ", "Archive"),
        Text("đóng gói, giao nộp, tiêu hủy", "packages, transfers, destruction"),
    ),
    (
        "/su-co",
        "alert",
        Text("Sự cố", "Incidents"),
        Text("cái gì hỏng, thử lại, sức khỏe hệ thống", "what failed, trying again, health"),
    ),
    (
        "/quan-tri/dong-bo",
        "refresh",
        Text("Đồng bộ", "Synchronisation"),
        Text("gửi lên Cổng quốc gia, hai bên khác gì", "telling the national portal, how the two sides differ"),
    ),
    (
        "/quan-tri/ho-so-ngoai",
        "link",
        Text("Hồ sơ nơi khác", "Mirrored dossiers"),
        Text("khác với hệ thống giữ hồ sơ, lượt của ai", "what differs from their systems, whose turn it is"),
    ),
)
"""Every group of pages for administrators; one whose pages are not installed is left out."""


@overview.page("/quan-tri", access=Access.ADMIN)
def show() -> str:
    """Administration"""
    with reading() as unit:
        waiting = [
            one for one in proposals(unit)
            if one.status == "waiting" and one.proposed_at + LASTS > unit.now
            and unit.actor.person_id not in (one.proposed_by, one.person)
        ]  # fmt: skip
        found, work = every_incident(unit), overdue_work(unit)
        counts = {state: find_staff(unit, state=state, size=1).number for state in ("active", "no-role")}
    return render(
        "admin/overview.html",
        proposals=len(waiting),
        incidents=len(found) + work.number,
        failed=sum(one.number for one in found),
        calendars=work.calendars,
        counts=counts,
        groups=[one for one in GROUPS if one[0] in _there()],
    )


def _there() -> set[str]:
    return {rule.rule for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
