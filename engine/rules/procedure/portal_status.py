"""The ten status codes of the National Public Service Portal: every state of every workflow maps to exactly one."""

from __future__ import annotations

from engine.rules.procedure.definition import Text

PORTAL_STATUS = {
    1: Text(vi="Mới đăng ký", en="Newly registered"),
    2: Text(vi="Được tiếp nhận", en="Received"),
    3: Text(vi="Không được tiếp nhận", en="Refused at intake"),
    4: Text(vi="Đang xử lý", en="In process"),
    5: Text(vi="Yêu cầu bổ sung giấy tờ", en="Supplement requested"),
    6: Text(vi="Yêu cầu thực hiện nghĩa vụ tài chính", en="Financial obligation to be met"),
    7: Text(vi="Công dân yêu cầu rút hồ sơ", en="Withdrawn by the applicant"),
    8: Text(vi="Dừng xử lý", en="Processing stopped"),
    9: Text(vi="Đã xử lý xong", en="Result ready"),
    10: Text(vi="Đã trả kết quả", en="Result returned"),
}
"""Names as public code bases of provinces give them; three independent ones agree."""
