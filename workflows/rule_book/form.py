# ruff: noqa: E501  a sentence stands on one line, so that it can be found by its words
"""The sentences of rules about the form of a workflow file: the bytes, the YAML, the keys and their values."""

from workflows.rule_book.rule import Rule, error, information, warning

READING: dict[str, Rule] = {
    "no-file": error(
        'không đọc được tệp "{name}": {why}. Kiểm tra lại đường dẫn.',
        'cannot read the file "{name}": {why}. Check the path.',
    ),
    "not-utf8": error(
        "tệp không phải UTF-8 ở byte thứ {byte}. Lưu lại tệp với bảng mã UTF-8.",
        "the file is not UTF-8 at byte {byte}. Save it again with the encoding UTF-8.",
    ),
    "too-big": error(
        "tệp quá lớn: tối đa {most}. Bỏ phần không cần thiết hoặc tách thành quy trình khác.",
        "the file is too big: at most {most}. Remove what is not needed or split the procedure.",
    ),
    "too-deep": error(
        "các mục lồng nhau quá {most} cấp. Viết phẳng lại.",
        "entries are nested more than {most} levels deep. Write them flatter.",
    ),
    "empty-file": error(
        "tệp không có nội dung. Bắt đầu bằng procedure:, version: và name:.",
        "the file is empty. Begin with procedure:, version: and name:.",
    ),
    "one-document": error(
        'mỗi tệp chỉ chứa một quy trình. Bỏ dòng "---" thứ hai và phần sau nó.',
        'a file holds one procedure. Remove the second "---" and what follows it.',
    ),
    "control-character": error(
        "có ký tự điều khiển không nhìn thấy {char}. Xóa ký tự này và gõ lại.",
        "there is an invisible control character {char}. Delete it and type the text again.",
    ),
    "syntax": error("không phải YAML đúng: {why}", "not valid YAML: {why}"),
    "duplicate-key": error(
        'khóa "{key}" đã có ở dòng {line}. Giữ lại một khóa.',
        'the key "{key}" was already given on line {line}. Keep one of them.',
    ),
    "alias": error(
        "không dùng neo (&) và tham chiếu (*) của YAML. Viết giá trị ra tại chỗ; nếu là chữ, đặt trong ngoặc kép.",
        "anchors (&) and aliases (*) are not used here. Write the value out; if it is text, put it in quotes.",
    ),
    "merge-key": error(
        'không dùng khóa gộp "<<". Viết đủ các khóa ra.',
        'the merge key "<<" is not used here. Write the keys out.',
    ),
    "tag": error(
        'không dùng thẻ YAML "{tag}". Bỏ thẻ; nếu là chữ, đặt trong ngoặc kép.',
        'the YAML tag "{tag}" is not used here. Remove it; if it is text, put it in quotes.',
    ),
    "bad-key": error(
        "khóa phải là một từ, không phải danh sách hay nhóm. Viết dạng khóa: giá trị.",
        "a key must be a word, not a list or a group. Write key: value.",
    ),
}


STRUCTURE: dict[str, Rule] = {
    "unknown-key": error(
        'không có khóa "{key}" trong {where}.{hint}',
        'unknown key "{key}" in {where}.{hint}',
    ),
    "missing-key": error(
        'thiếu khóa "{key}" trong {where}. Thêm {key}: …',
        'the key "{key}" is missing in {where}. Add {key}: …',
    ),
    "wrong-type": error(
        "{where} phải là {wanted}, không phải {got}.{hint}", "{where} must be {wanted}, not {got}.{hint}"
    ),
    "quoted-code": error(
        'mã thủ tục phải đặt trong ngoặc kép: YAML đọc nó như số và bỏ số 0 ở cuối. Viết "{code}"',
        'procedure code must be quoted: YAML reads it as a number and drops a final 0. Write "{code}"',
    ),
    "bad-value": error(
        'giá trị "{value}" không dùng được cho {where}.{hint}',
        'the value "{value}" cannot be used for {where}.{hint}',
    ),
    "bad-format": error(
        '"{value}" không đúng dạng của {where}. Ví dụ: {example}',
        '"{value}" does not have the form of {where}. For example: {example}',
    ),
    "bad-name": error(
        'tên "{name}" không dùng được trong {where}: chữ thường không dấu, chữ số, gạch dưới, bắt đầu bằng chữ; không dùng on, yes, no. '
        "Ví dụ: {example}",
        'the name "{name}" cannot be used in {where}: small letters a-z, digits, underscore, a letter first; never on, yes, no. '
        "For example: {example}",
    ),
    "field-key": error(
        'khóa trường thông tin "{name}" phải là chữ thường không dấu, các phần nối bằng dấu chấm. Ví dụ: land.commune',
        'the field key "{name}" must be small letters a-z, its parts joined by dots. For example: land.commune',
    ),
    "bad-date": error(
        '"{value}" không phải ngày có thật. Viết năm-tháng-ngày, ví dụ 2027-01-01',
        '"{value}" is not a real date. Write year-month-day, for example 2027-01-01',
    ),
    "out-of-range": error(
        "{where} phải từ {least} đến {most}, không phải {value}.",
        "{where} must be from {least} to {most}, not {value}.",
    ),
    "portal-range": error(
        "mã trạng thái Cổng quốc gia phải từ 1 đến 10, không phải {value}. Ví dụ: 4 là đang xử lý, 10 là đã trả kết quả.",
        "the national portal's status code must be from 1 to 10, not {value}. For example: 4 is in process, 10 is returned.",
    ),
    "too-long": error(
        "{where} dài quá {most} ký tự. Rút ngắn lại.", "{where} is longer than {most} characters. Shorten it."
    ),
    "empty": error(
        "{where} để trống. Điền giá trị hoặc bỏ khóa này.", "{where} is empty. Fill it in or remove the key."
    ),
    "too-few": error("{where} phải có ít nhất {least} mục.", "{where} needs at least {least} entry."),
    "duplicate-item": error(
        '"{value}" có hai lần trong {where}. Giữ lại một.', '"{value}" stands twice in {where}. Keep one.'
    ),
    "one-of": error(
        "{where} chỉ dùng một trong các khóa {keys}. Bỏ bớt.",
        "{where} takes only one of the keys {keys}. Remove the others.",
    ),
    "form-unknown": error(
        'không có mẫu "{value}". Các mẫu của Thông tư 03/2025/TT-VPCP là mau-01 … mau-07.',
        'there is no form "{value}". The forms of Circular 03/2025/TT-VPCP are mau-01 … mau-07.',
    ),
    "missing-short": information(
        "quy trình chưa có tên ngắn; danh sách sẽ hiện tên đầy đủ. Thêm short: {{vi: …, en: …}}, mỗi tên tối đa 40 ký tự",
        "the procedure has no short name; lists show the whole one. Add short: {{vi: …, en: …}}, 40 characters at most each",
    ),
    "untranslated": warning(
        'tên tiếng Anh của {where} vẫn là tiếng Việt: "{text}". Dịch en: sang tiếng Anh.',
        'the English name of {where} is still Vietnamese: "{text}". Translate en: into English.',
    ),
    "missing-en": warning(
        "{where} chưa có tên tiếng Anh; tên tiếng Việt sẽ hiện thay. Thêm en: …",
        "{where} has no English name; the Vietnamese one is shown instead. Add en: …",
    ),
}
