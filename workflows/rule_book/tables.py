# ruff: noqa: E501  a sentence stands on one line, so that it can be found by its words
"""The sentences of rules about decision tables and areas."""

from workflows.rule_book.rule import Rule, error, warning

TABLES: dict[str, Rule] = {
    "unknown-table": error(
        'bảng quyết định "{table}" chưa khai báo trong tables.{hint}',
        'the decision table "{table}" is not in tables.{hint}',
    ),
    "unused-table": warning(
        'bảng quyết định "{table}" không được dùng ở đâu. Bỏ nó, hoặc ghi table: {table} ở chỗ cần.',
        'the decision table "{table}" is used nowhere. Remove it, or write table: {table} where it decides.',
    ),
    "table-two-uses": error(
        'bảng "{table}" được dùng cho nhiều việc khác nhau (thời hạn, đơn vị, phí, trạng thái). Tách thành nhiều bảng.',
        'table "{table}" decides different kinds of things (terms, offices, prices, states). Make a table of each.',
    ),
    "table-input": error(
        'cột "{input}" của bảng "{table}" không dùng được: {why}.',
        'input "{input}" of table "{table}" cannot be used: {why}.',
    ),
    "table-column": error(
        'một dòng của bảng "{table}" có ô "{input}" không phải là cột nào.{hint}',
        'a rule of table "{table}" has a cell "{input}", which is none of its inputs.{hint}',
    ),
    "table-cell": error(
        'bảng "{table}", dòng {row}, cột "{input}": {why}. Ví dụ: ">= 100", "1..5", [a, b]',
        'table "{table}", rule {row}, input "{input}": {why}. For example: ">= 100", "1..5", [a, b]',
    ),
    "table-outcome": error(
        'bảng "{table}" có kết quả "{outcome}", ở đây cần {wanted}.',
        'table "{table}" has the outcome "{outcome}"; it needs {wanted}.',
    ),
    "table-else-last": error(
        'trong bảng "{table}", dòng else phải đứng cuối. Chuyển nó xuống cuối.',
        'in table "{table}" the else rule must be the last one. Move it to the end.',
    ),
    "table-gap": error(
        'bảng "{table}" không có dòng nào cho trường hợp: {case}. Thêm một dòng, hoặc {{else: …}} ở cuối.',
        'table "{table}" has no rule for this case: {case}. Add one, or {{else: …}} at the end.',
    ),
    "table-overlap": error(
        'bảng "{table}" (hit: unique): dòng {first} và dòng {second} cùng đúng khi {case}. Sửa một dòng, hoặc đặt hit: first.',
        'table "{table}" (hit: unique): rules {first} and {second} both hold when {case}. Change one of them, or set hit: first.',
    ),
    "table-hidden": error(
        'dòng {row} của bảng "{table}" không bao giờ được chọn: mọi trường hợp của nó đã thuộc các dòng khác, hoặc không thể xảy ra. Bỏ nó.',
        'rule {row} of table "{table}" is never taken: every case of it belongs to other rules, or cannot happen. Remove it.',
    ),
    "table-too-large": error(
        'bảng "{table}" có quá nhiều trường hợp để chứng minh là đủ và không trùng. Tách thành các bảng nhỏ hơn.',
        'table "{table}" has too many cases to prove that it has no gap and no overlap. Split it into smaller ones.',
    ),
    "area-commune": error(
        'địa bàn "{area}" có mã xã không tồn tại vào {start}: {communes}. Kiểm tra mã.',
        'area "{area}" has codes of communes that do not exist on {start}: {communes}. Check the codes.',
    ),
}
