# ruff: noqa: E501  a sentence stands on one line, so that it can be found by its words
"""The sentences of rules about a procedure's surroundings: offices, communes, and the other workflow files."""

from workflows.rule_book.rule import Rule, error, warning

AROUND: dict[str, Rule] = {
    "closed-unit": error(
        'đơn vị "{office}" đóng ngày {closes}, trước khi phiên bản này bắt đầu ({start}).{successor}',
        'unit "{office}" closes {closes}, before this version starts ({start}).{successor}',
    ),
    "before-territory": error(
        "ngày bắt đầu {start} trước ngày đầu tiên của dữ liệu địa giới ({first}). Đặt from: {first} hoặc muộn hơn",
        "the first day {start} is before the first day of the territory's data ({first}). Set from: {first} or later",
    ),
    "unknown-office": error(
        'không có đơn vị "{office}" trong danh mục.{hint}',
        'there is no unit "{office}" in the register of offices.{hint}',
    ),
    "unknown-province": error(
        'phí "{fee}" có mã tỉnh "{province}" không tồn tại vào {start}. Kiểm tra mã tỉnh.',
        'fee "{fee}" has a province code "{province}" that does not exist on {start}. Check the code.',
    ),
    "no-competence": error(
        'routing "{route}" cần thẩm quyền nhưng bảng thẩm quyền có chỗ trống hoặc trùng: {why}. Thêm dòng vào competences.csv',
        'routing "{route}" needs a competence, but the table of competences has a gap or an overlap: {why}. Add a line to competences.csv',
    ),
    "routing-gap": error(
        'routing "{route}" không tìm được đơn vị cho {count} xã/phường, ví dụ "{example}". Thêm {{else: …}}',
        'routing "{route}" matches no unit for {count} commune(s), e.g. "{example}". Add {{else: …}}',
    ),
    "unknown-procedure": error(
        'hồ sơ con "{child}" thuộc thủ tục "{procedure}" không có trong các quy trình.{hint}',
        'child "{child}" is of procedure "{procedure}", which no workflow file describes.{hint}',
    ),
    "child-unknown-field": error(
        'thủ tục "{procedure}" không có trường "{field}" mà hồ sơ con "{child}" điền vào.{hint}',
        'procedure "{procedure}" has no field "{field}" that child "{child}" fills in.{hint}',
    ),
    "version-overlap": error(
        'phiên bản {version} bắt đầu {start} nhưng phiên bản {other} chưa kết thúc trước ngày đó. Đặt cho phiên bản {other} "until: {until}"',
        'version {version} starts {start} but version {other} has no end date before it. Set version {other} "until: {until}"',
    ),
    "version-gap": error(
        "phiên bản {version} bắt đầu {start} nhưng phiên bản {other} hết hiệu lực {until}: có ngày không có quy trình. Nối liền hai ngày.",
        "version {version} starts {start} but version {other} ends {until}: some days have no procedure. Join the two dates.",
    ),
    "version-order": error(
        "phiên bản {version} bắt đầu trước phiên bản {other}. Số phiên bản phải tăng theo ngày hiệu lực.",
        "version {version} starts before version {other}. Version numbers must rise with their dates.",
    ),
    "version-twice": error(
        "phiên bản {version} của thủ tục {procedure} đã có trong {other}. Tăng version.",
        "version {version} of procedure {procedure} is already in {other}. Raise version.",
    ),
    "file-name": warning(
        'tên tệp không bắt đầu bằng mã thủ tục. Đổi thành "{wanted}"',
        'the file name does not begin with the procedure code. Rename it "{wanted}"',
    ),
}
