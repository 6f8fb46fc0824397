"""The sample staff of the demonstration, with their offices and roles. Everybody and every name is invented."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "mot-cua-2026"  # noqa: S105 — printed on the screen of the demonstration, and of no other use


@dataclass(frozen=True, slots=True)
class Sample:
    """One person: username, name, and (office, role) pairs."""

    username: str
    name: str
    places: tuple[tuple[str, str], ...] = ()
    admin: bool = False


_WARD = "UB-26740"
_CENTRE = "TT-26740"
_LAND = "VPDK-CN-QUAN1"

STORY = (
    Sample("tiepnhan.q1", "Cán bộ tiếp nhận Quận 1", (("MC-760-C", "counter"),)),
    Sample("xaydung.q1", "Công chức xây dựng Quận 1", (("UB-760-C", "specialist"),)),
)
"""Staff of offices that ended with the reorganisation of 1 July 2025: only the told stories reach back to them."""

OFFICES = (
    Sample("tiepnhan.saigon", "Trần Thị Bích Hạnh", ((_CENTRE, "counter"), (_CENTRE, "hotline"))),
    Sample("tiepnhan2.saigon", "Lê Quang Khải", ((_CENTRE, "counter"),)),
    Sample("tiepnhan3.saigon", "Đoàn Thị Mỹ Phụng", ((_CENTRE, "counter"), (_CENTRE, "hotline"))),
    Sample("chuyenvien.saigon", "Phạm Thị Thu Vân", ((_WARD, "specialist"), (_WARD, "coordinator"))),
    Sample("hotich.saigon", "Hồ Thị Cẩm Tú", ((_WARD, "specialist"), (_WARD, "coordinator"))),
    Sample("xaydung.saigon", "Vũ Đình Thắng", ((_WARD, "specialist"),)),
    Sample("lanhdao.saigon", "Nguyễn Hoàng Sơn", ((_WARD, "leader"),)),
    Sample("photruong.saigon", "Đặng Thị Kim Loan", ((_WARD, "leader"),)),
    Sample("congan.saigon", "Bùi Văn Trọng", (("CA-26740", "specialist"),)),
    Sample("truongcongan.saigon", "Phan Đức Lộc", (("CA-26740", "leader"),)),
    Sample("datdai.quan1", "Huỳnh Tấn Phước", ((_LAND, "specialist"), (_LAND, "land_office"))),
    Sample("lanhdao.datdai", "Võ Thị Tuyết Nhung", ((_LAND, "leader"),)),
    Sample("thue.hcm", "Đỗ Văn Nghĩa", (("THUE-79", "tax"),)),
    Sample("tiepnhan.benthanh", "Trịnh Thị Hoài Thương", (("TT-26743", "counter"), ("TT-26743", "hotline"))),
    Sample("hotich.benthanh", "Ngô Minh Đạt", (("UB-26743", "specialist"),)),
    Sample("lanhdao.benthanh", "Lương Văn Hải", (("UB-26743", "leader"),)),
    Sample("tiepnhan.hcm", "Mai Thị Ngọc Trâm", (("TT-79", "counter"),)),
    Sample("nongnghiep.hcm", "Dương Quốc Bình", (("UB-79", "specialist"),)),
    Sample("lanhdao.hcm", "Trương Công Thành", (("UB-79", "leader"),)),
    Sample("noivu.hcm", "Lý Thị Phương Dung", (("SNV-79", "specialist"),)),
    Sample("giamdoc.noivu", "Cao Xuân Hiển", (("SNV-79", "leader"),)),
    Sample("tuphap.hcm", "Tạ Thị Hồng Nhạn", (("STP-79", "specialist"),)),
    Sample("giamdoc.tuphap", "Đinh Văn Tuấn", (("STP-79", "leader"),)),
    Sample("xuatnhapcanh.hcm", "Lâm Thị Thùy Linh", (("CA-79", "specialist"),)),
    Sample("truongphong.xnc", "Hà Ngọc Quân", (("CA-79", "leader"),)),
    Sample("baohiem.hcm", "Châu Thị Lệ Quyên", (("BHXH-79", "specialist"),)),
    Sample("giamdoc.baohiem", "Tô Văn Khiêm", (("BHXH-79", "leader"),)),
    Sample("tiepnhan.longkhanh", "Nguyễn Thị Diễm My", (("TT-26080", "counter"),)),
    Sample("datdai.longkhanh", "Lê Văn Toàn", (("VPDK-CN-LONGKHANH", "specialist"),)),
    Sample("lanhdao.longkhanh", "Trần Đình Phong", (("VPDK-CN-LONGKHANH", "leader"),)),
    Sample("thue.dongnai", "Hoàng Thị Ánh Tuyết", (("THUE-75", "tax"),)),
    Sample("giamsat.hcm", "Phùng Thế Vinh", (("UB-79", "monitor"),)),
    Sample("quantri", "Quản trị hệ thống", admin=True),
)
"""Staff of offices that are there today."""

STAFF = STORY + OFFICES

IN_THE_STORY = (
    *("tiepnhan.saigon", "chuyenvien.saigon", "lanhdao.saigon"),
    *("tiepnhan.longkhanh", "datdai.longkhanh", "lanhdao.longkhanh", "thue.dongnai", "giamsat.hcm", "quantri"),
)
STORYTELLERS = (*STORY, *(one for one in OFFICES if one.username in IN_THE_STORY))
"""Those whom the told stories need (``--once``, ``--reform``)."""


@dataclass(frozen=True, slots=True)
class Role:
    """What one does in a demonstration, the page on which one begins, and who does it."""

    vi: str
    en: str
    page: str
    username: str


ROLES = (
    Role("tiếp nhận hồ sơ", "counter clerk", "/quay", "tiepnhan.saigon"),
    Role("giải quyết hồ sơ", "specialist", "/quay", "hotich.saigon"),
    Role("ký kết quả", "leader", "/ky", "lanhdao.saigon"),
    Role("trả lời xác minh", "asked by other offices", "/quay", "hotich.benthanh"),
    Role("đường dây nóng", "hotline", "/quay", "tiepnhan3.saigon"),
    Role("đất đai", "land office", "/quay", "datdai.quan1"),
    Role("thuế", "tax", "/quay", "thue.hcm"),
    Role("giám sát", "monitor", "/quay", "giamsat.hcm"),
    Role("quản trị", "administrator", "/quan-tri", "quantri"),
)
"""One of each role, for the first look."""
