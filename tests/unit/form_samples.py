"""One filled sample of each printed form, as the mapping that a caller passes."""

from __future__ import annotations

from typing import Any

HEAD = {
    "authority": "Ủy ban nhân dân phường Trấn Biên",
    "unit": "Trung tâm Phục vụ hành chính công phường Trấn Biên",
    "number": "12/TNHS",
    "place": "Trấn Biên",
    "date": "ngày 01 tháng 7 năm 2025",
    "other_names": ["Phường Tân Phong, Thành phố Biên Hòa nay là Phường Trấn Biên (theo 1662/NQ-UBTVQH15)"],
}
APPLICANT = {
    "name": "Nguyễn Thị Phượng",
    "address": "Số 12, đường Nguyễn Ái Quốc, phường Trấn Biên, tỉnh Đồng Nai",
    "former_address": "phường Tân Phong, thành phố Biên Hòa, tỉnh Đồng Nai",
    "phone": "0912 345 678",
    "email": "phuong@example.com",
}
CODE = "000.00.01.H22-250701-0001"
REQUEST = "Đăng ký, cấp Giấy chứng nhận quyền sử dụng đất lần đầu"
RECEIVED = "08 giờ 15 phút, ngày 01 tháng 7 năm 2025"
DUE = "17 giờ 00 phút, ngày 29 tháng 7 năm 2025"
OF_ONE_DOSSIER: dict[str, Any] = {"head": HEAD, "code": CODE, "applicant": APPLICANT, "request": REQUEST}

SAMPLES: dict[str, dict[str, Any]] = {
    "01": {
        **OF_ONE_DOSSIER,
        "status_url": "https://motcua.example.gov.vn/t/Zk3v9QmX2aR7bN4cT8yLpw",
        "papers": [
            {"name": "Đơn đăng ký đất đai", "originals": 1},
            {"name": "Giấy tờ về quyền sử dụng đất", "certified": 3, "copies": 2},
        ],
        "term": "20 ngày làm việc",
        "received": RECEIVED,
        "due": DUE,
        "collect": "Qua dịch vụ bưu chính công ích",
        "fees": "150.000 đồng (đã nộp)",
        "register_volume": "01",
        "register_line": "0047",
        "submitter": "Nguyễn Thị Phượng",
        "receiver": "Trần Văn Bình",
    },
    "02": {
        **OF_ONE_DOSSIER,
        "items": ["Mảnh trích đo bản đồ địa chính", "Chữ ký của người đồng sở hữu"],
        "reason": "Hồ sơ chưa đủ thành phần theo quy định.",
        "before": "17 giờ 00 phút, ngày 15 tháng 7 năm 2025",
        "contact": "bà Lê Thị Hồng Vân",
        "contact_phone": "0251 3822 000",
        "signer": "Trần Văn Bình",
    },
    "03": {**OF_ONE_DOSSIER, "reason": "Thửa đất đang có tranh chấp.\nTòa án đã thụ lý.", "signer": "Trần Văn Bình"},
    "04": {
        **OF_ONE_DOSSIER,
        "received": RECEIVED,
        "due": DUE,
        "reason": "Cần xác minh thực địa bổ sung.",
        "new_due": "17 giờ 00 phút, ngày 05 tháng 8 năm 2025",
        "signer_title": "Chủ tịch",
        "signer": "Phạm Minh Quân",
    },
    "05": {
        **OF_ONE_DOSSIER,
        "received": RECEIVED,
        "ground": "Nghị định số 118/2025/NĐ-CP.",
        "reason": "Người nộp hồ sơ không bổ sung giấy tờ trong thời hạn.",
        "next_steps": "Nộp hồ sơ mới.\nKhiếu nại theo quy định.",
        "signer": "Phạm Minh Quân",
    },
    "06": {
        **OF_ONE_DOSSIER,
        "received": RECEIVED,
        "due": DUE,
        "deciding": "Phòng Kinh tế",
        "coordinating": ["Chi nhánh Văn phòng đăng ký đất đai", "Thuế cơ sở 1"],
        "handovers": [
            {"giver": "Trần Văn Bình", "taker": "Lê Thị Hồng Vân", "given": "09:00 01/7/2025"},
            {
                "giver": "Lê Thị Hồng Vân",
                "taker": "Phạm Minh Quân",
                "given": "09:00 10/7/2025",
                "taken": "09:20 10/7/2025",
                "result": "Quá hạn",
                "note": "Chờ trích đo",
            },
        ],
    },
    "07": {
        "head": HEAD,
        "volume": "01",
        "period": "Từ ngày 01/7/2025 đến ngày 31/7/2025",
        "lines": [
            {
                "line": 47,
                "code": CODE,
                "request": REQUEST,
                "applicant": "Nguyễn Thị Phượng",
                "address": "phường Trấn Biên",
                "phone": "0912 345 678",
                "deciding": "UBND phường Trấn Biên",
                "received": "01/7/2025",
                "due": "29/7/2025",
                "way": "Trực tiếp",
            }
        ],
    },
}
