"""The sample staff of the demonstration, with their offices and roles."""

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


STAFF = (
    Sample("tiepnhan.q1", "Cán bộ tiếp nhận Quận 1", (("MC-760-C", "counter"),)),
    Sample("xaydung.q1", "Công chức xây dựng Quận 1", (("UB-760-C", "specialist"),)),
    Sample("tiepnhan.saigon", "Cán bộ tiếp nhận phường Sài Gòn", (("TT-26740", "counter"),)),
    Sample("chuyenvien.saigon", "Chuyên viên phường Sài Gòn", (("UB-26740", "specialist"),)),
    Sample("lanhdao.saigon", "Lãnh đạo phường Sài Gòn", (("UB-26740", "leader"),)),
    Sample("tiepnhan.longkhanh", "Cán bộ tiếp nhận phường Long Khánh", (("TT-26080", "counter"),)),
    Sample("datdai.longkhanh", "Chuyên viên đất đai Long Khánh", (("VPDK-CN-LONGKHANH", "specialist"),)),
    Sample("lanhdao.longkhanh", "Lãnh đạo Chi nhánh Long Khánh", (("VPDK-CN-LONGKHANH", "leader"),)),
    Sample("thue.dongnai", "Chuyên viên thuế Đồng Nai", (("THUE-75", "tax"),)),
    Sample("giamsat.hcm", "Giám sát Thành phố Hồ Chí Minh", (("UB-79", "monitor"),)),
    Sample("quantri", "Quản trị hệ thống", admin=True),
)
