"""The status codes of the national portal, under the names that provinces publish."""

from __future__ import annotations

from engine.rules.procedure.portal_status import PortalStatus


def test_the_ten_codes_have_these_names() -> None:
    assert {status.value: (status.text.vi, status.text.en) for status in PortalStatus} == {
        1: ("Mới đăng ký", "Newly registered"),
        2: ("Được tiếp nhận", "Received"),
        3: ("Không được tiếp nhận", "Refused at intake"),
        4: ("Đang xử lý", "In process"),
        5: ("Yêu cầu bổ sung giấy tờ", "Supplement requested"),
        6: ("Yêu cầu thực hiện nghĩa vụ tài chính", "Financial obligation to be met"),
        7: ("Công dân yêu cầu rút hồ sơ", "Withdrawn by the applicant"),
        8: ("Dừng xử lý", "Processing stopped"),
        9: ("Đã xử lý xong", "Result ready"),
        10: ("Đã trả kết quả", "Result returned"),
    }


def test_what_a_status_means() -> None:
    assert [status.value for status in PortalStatus if status.ended] == [3, 7, 8, 9, 10]
    assert [status.value for status in PortalStatus if status.settled] == [7, 8, 9, 10]
    assert [status.value for status in PortalStatus if status.asks] == [3, 5, 6, 8]
