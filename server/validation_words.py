"""Vietnamese translations of the messages of marshmallow, the validation library. A test finds missing ones."""

from __future__ import annotations

import re

MISSING = "Missing data for required field."
"""What is said of a field that was left empty; pages say it more simply."""
_WORDS: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.", "Thiếu thông tin bắt buộc."),
    (r"Unknown field\.", "Không có trường này."),
    (r"Field may not be null\.", "Không được để trống."),
    (r"Not a valid string\.", "Phải là chuỗi ký tự."),
    (r"Not a valid utf-8 string\.", "Phải là chuỗi ký tự UTF-8."),
    (r"Not a valid integer\.", "Phải là số nguyên."),
    (r"Not a valid number\.", "Phải là số."),
    (r"Number too large\.", "Số quá lớn."),
    (r"Not a valid boolean\.", "Phải là true hoặc false."),
    (r"Not a valid list\.", "Phải là danh sách."),
    (r"Not a valid mapping type\.", "Phải là đối tượng {…}."),
    (r"Invalid input type\.", "Phải là đối tượng {…}."),
    (r"Invalid type\.", "Phải là đối tượng {…}."),
    (r"Invalid value\.", "Giá trị không hợp lệ."),
    (r"Not a valid datetime\.", "Phải là thời điểm ISO 8601 có múi giờ."),
    (r"Not a valid aware datetime\.", "Phải là thời điểm ISO 8601 có múi giờ."),
    (r"Not a valid moment.*", "Phải là thời điểm ISO 8601 có múi giờ, từ năm 1990 đến năm 2100."),
    (r"Not a valid date.*", "Phải là ngày dạng YYYY-MM-DD, từ năm 1900 đến năm 2100."),
    (r"Not a valid email address\.", "Không phải địa chỉ thư điện tử."),
    (r"Not a valid URL\.", "Không phải địa chỉ http hoặc https."),
    (r"Shorter than minimum length (\d+)\.", r"Phải có ít nhất \1 ký tự hoặc phần tử."),
    (r"Longer than maximum length (\d+)\.", r"Dài quá \1 ký tự hoặc phần tử."),
    (r"Length must be between (\d+) and (\d+)\.", r"Độ dài phải từ \1 đến \2."),
    (r"Length must be (\d+)\.", r"Độ dài phải là \1."),
    (r"Must be one of: (.*)\.", r"Phải là một trong: \1."),
    (r"Must be greater than or equal to (.*?)\.", r"Phải lớn hơn hoặc bằng \1."),
    (r"Must be less than or equal to (.*?)\.", r"Phải nhỏ hơn hoặc bằng \1."),
    (
        r"Must be greater than or equal to (.*) and less than or equal to (.*)\.",
        r"Phải từ \1 đến \2.",
    ),
    (r"String does not match expected pattern\.", "Không đúng mẫu quy định."),
    (r"Control and direction characters are not allowed\.", "Không được có ký tự điều khiển hoặc đổi hướng chữ."),
    (r"May not be blank\.", "Không được để trống."),
    (r"Given twice\.", "Được nêu hai lần."),
)
_COMPILED = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in _WORDS)


def in_vietnamese(message: str) -> str:
    """The message in Vietnamese; unchanged when it is not one of the library's.

    >>> in_vietnamese("Length must be 5.")
    'Độ dài phải là 5.'
    """
    for pattern, words in _COMPILED:
        found = pattern.fullmatch(message)
        if found:
            return found.expand(words)
    return message
