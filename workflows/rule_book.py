"""Every rule that a workflow file can break: its id, how grave it is, and its sentence in both languages.

The sentences are part of the public contract: what is wrong, where, and what to do. Ids never change their meaning.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "information"]


class Rule(NamedTuple):
    """A rule of the format. ``vi`` and ``en`` are templates for ``str.format``."""

    severity: Severity
    vi: str
    en: str


def _error(vi: str, en: str) -> Rule:
    return Rule("error", vi, en)


def _warning(vi: str, en: str) -> Rule:
    return Rule("warning", vi, en)


_READING = {
    "no-file": _error(
        'không đọc được tệp "{name}": {why}. Kiểm tra lại đường dẫn.',
        'cannot read the file "{name}": {why}. Check the path.',
    ),
    "not-utf8": _error(
        "tệp không phải UTF-8 ở byte thứ {byte}. Lưu lại tệp với bảng mã UTF-8.",
        "the file is not UTF-8 at byte {byte}. Save it again with the encoding UTF-8.",
    ),
    "too-big": _error(
        "tệp quá lớn: tối đa {most}. Bỏ phần không cần thiết hoặc tách thành quy trình khác.",
        "the file is too big: at most {most}. Remove what is not needed or split the procedure.",
    ),
    "too-deep": _error(
        "các mục lồng nhau quá {most} cấp. Viết phẳng lại.",
        "entries are nested more than {most} levels deep. Write them flatter.",
    ),
    "empty-file": _error(
        "tệp không có nội dung. Bắt đầu bằng procedure:, version: và name:.",
        "the file is empty. Begin with procedure:, version: and name:.",
    ),
    "one-document": _error(
        'mỗi tệp chỉ chứa một quy trình. Bỏ dòng "---" thứ hai và phần sau nó.',
        'a file holds one procedure. Remove the second "---" and what follows it.',
    ),
    "control-character": _error(
        "có ký tự điều khiển không nhìn thấy {char}. Xóa ký tự này và gõ lại.",
        "there is an invisible control character {char}. Delete it and type the text again.",
    ),
    "syntax": _error("không phải YAML đúng: {why}", "not valid YAML: {why}"),
    "duplicate-key": _error(
        'khóa "{key}" đã có ở dòng {line}. Giữ lại một khóa.',
        'the key "{key}" was already given on line {line}. Keep one of them.',
    ),
    "alias": _error(
        "không dùng neo (&) và tham chiếu (*) của YAML. Viết giá trị ra tại chỗ; nếu là chữ, đặt trong ngoặc kép.",
        "anchors (&) and aliases (*) are not used here. Write the value out; if it is text, put it in quotes.",
    ),
    "merge-key": _error(
        'không dùng khóa gộp "<<". Viết đủ các khóa ra.',
        'the merge key "<<" is not used here. Write the keys out.',
    ),
    "tag": _error(
        'không dùng thẻ YAML "{tag}". Bỏ thẻ; nếu là chữ, đặt trong ngoặc kép.',
        'the YAML tag "{tag}" is not used here. Remove it; if it is text, put it in quotes.',
    ),
    "bad-key": _error(
        "khóa phải là một từ, không phải danh sách hay nhóm. Viết dạng khóa: giá trị.",
        "a key must be a word, not a list or a group. Write key: value.",
    ),
}

_STRUCTURE = {
    "unknown-key": _error(
        'không có khóa "{key}" trong {where}.{hint}',
        'unknown key "{key}" in {where}.{hint}',
    ),
    "missing-key": _error(
        'thiếu khóa "{key}" trong {where}. Thêm {key}: …',
        'the key "{key}" is missing in {where}. Add {key}: …',
    ),
    "wrong-type": _error("{where} phải là {wanted}, không phải {got}.{hint}", "{where} must be {wanted}, not {got}.{hint}"),
    "quoted-code": _error(
        'mã thủ tục phải đặt trong ngoặc kép: YAML đọc nó như số và bỏ số 0 ở cuối. Viết "{code}"',
        'procedure code must be quoted: YAML reads it as a number and drops a final 0. Write "{code}"',
    ),
    "bad-value": _error(
        'giá trị "{value}" không dùng được cho {where}.{hint}',
        'the value "{value}" cannot be used for {where}.{hint}',
    ),
    "bad-format": _error(
        '"{value}" không đúng dạng của {where}. Ví dụ: {example}',
        '"{value}" does not have the form of {where}. For example: {example}',
    ),
    "bad-name": _error(
        'tên "{name}" không dùng được trong {where}: chữ thường không dấu, chữ số, gạch dưới, bắt đầu bằng chữ; không dùng on, yes, no. '
        "Ví dụ: {example}",
        'the name "{name}" cannot be used in {where}: small letters a-z, digits, underscore, a letter first; never on, yes, no. '
        "For example: {example}",
    ),
    "field-key": _error(
        'khóa trường thông tin "{name}" phải là chữ thường không dấu, các phần nối bằng dấu chấm. Ví dụ: land.commune',
        'the field key "{name}" must be small letters a-z, its parts joined by dots. For example: land.commune',
    ),
    "bad-date": _error(
        '"{value}" không phải ngày có thật. Viết năm-tháng-ngày, ví dụ 2027-01-01',
        '"{value}" is not a real date. Write year-month-day, for example 2027-01-01',
    ),
    "out-of-range": _error("{where} phải từ {least} đến {most}, không phải {value}.", "{where} must be from {least} to {most}, not {value}."),
    "portal-range": _error(
        "mã trạng thái Cổng quốc gia phải từ 1 đến 10, không phải {value}. Ví dụ: 4 là đang xử lý, 10 là đã trả kết quả.",
        "the national portal's status code must be from 1 to 10, not {value}. For example: 4 is in process, 10 is returned.",
    ),
    "too-long": _error("{where} dài quá {most} ký tự. Rút ngắn lại.", "{where} is longer than {most} characters. Shorten it."),
    "empty": _error("{where} để trống. Điền giá trị hoặc bỏ khóa này.", "{where} is empty. Fill it in or remove the key."),
    "too-few": _error("{where} phải có ít nhất {least} mục.", "{where} needs at least {least} entry."),
    "duplicate-item": _error('"{value}" có hai lần trong {where}. Giữ lại một.', '"{value}" stands twice in {where}. Keep one.'),
    "one-of": _error("{where} chỉ dùng một trong các khóa {keys}. Bỏ bớt.", "{where} takes only one of the keys {keys}. Remove the others."),
    "form-unknown": _error(
        'không có mẫu "{value}". Các mẫu của Thông tư 03/2025/TT-VPCP là mau-01 … mau-07.',
        'there is no form "{value}". The forms of Circular 03/2025/TT-VPCP are mau-01 … mau-07.',
    ),
    "missing-en": _warning(
        "{where} chưa có tên tiếng Anh; tên tiếng Việt sẽ hiện thay. Thêm en: …",
        "{where} has no English name; the Vietnamese one is shown instead. Add en: …",
    ),
}

_STATES = {
    "no-initial": _error(
        "chưa có trạng thái bắt đầu. Thêm initial: true vào trạng thái mới đăng ký.",
        "no state is the first one. Add initial: true to the state of a newly filed dossier.",
    ),
    "two-initials": _error(
        'trạng thái "{state}" cũng là trạng thái bắt đầu, sau "{first}". Chỉ giữ một initial: true.',
        'state "{state}" is also an initial one, after "{first}". Keep one initial: true.',
    ),
    "initial-portal": _error(
        'trạng thái bắt đầu "{state}" có mã Cổng {portal}; hồ sơ mới nộp là mã 1. Đặt portal: 1',
        'the initial state "{state}" has portal code {portal}; a newly filed dossier is code 1. Set portal: 1',
    ),
    "unreachable-state": _error(
        'không có thao tác nào dẫn tới trạng thái "{state}" từ lúc nộp hồ sơ. Thêm thao tác đến nó hoặc bỏ nó.',
        'state "{state}" cannot be reached from the filing of a dossier. Add an action to it or remove it.',
    ),
    "dead-end": _error(
        'trạng thái "{state}" không có lối ra và không phải trạng thái cuối. Thêm thao tác từ nó, hoặc final: true',
        'state "{state}" has no way out and is not final. Add an action from it, or final: true',
    ),
    "no-path-to-final": _error(
        'từ trạng thái "{state}" không thể đi tới trạng thái cuối nào. Thêm thao tác dẫn ra khỏi vòng này.',
        'no final state can be reached from "{state}". Add an action that leads out of this circle.',
    ),
    "final-with-exit": _error(
        'thao tác "{action}" đi từ trạng thái cuối "{state}". Bỏ final: true hoặc bỏ thao tác.',
        'action "{action}" leaves the final state "{state}". Remove final: true or the action.',
    ),
    "final-portal": _error(
        'trạng thái cuối "{state}" có mã Cổng {portal}: Cổng sẽ hiện hồ sơ chưa xong mãi mãi. Dùng 3, 7, 8 hoặc 10.',
        'the final state "{state}" has portal code {portal}: the portal would show it unfinished for ever. Use 3, 7, 8 or 10.',
    ),
    "portal-clock": _error(
        'đồng hồ "{clock}" trái với mã Cổng {portal} của trạng thái "{state}". Được dùng: {allowed}.',
        'clock "{clock}" contradicts portal code {portal} of state "{state}". Available: {allowed}.',
    ),
    "endless-pause": _error(
        'đồng hồ tạm dừng ở "{state}" mà không có "remind": hồ sơ có thể chờ mãi không ai thấy. Thêm remind: số ngày',
        'clock is paused in "{state}" with no "remind": a dossier could wait forever unseen. Add remind: days',
    ),
    "nobody-holds": _warning(
        'đồng hồ chạy ở "{state}" mà không vai trò nào giữ hồ sơ. Thêm role: …',
        'the clock runs in "{state}" but no role holds the dossier there. Add role: …',
    ),
    "holder-cannot-act": _warning(
        'vai trò "{role}" giữ hồ sơ ở "{state}" nhưng không có thao tác nào từ đó. Thêm "{role}" vào by: của một thao tác.',
        'role "{role}" holds the dossier in "{state}" but can do no action there. Add "{role}" to an action\'s by.',
    ),
    "idle-remind": _warning(
        '"remind" ở trạng thái "{state}" không có tác dụng: đồng hồ không tạm dừng ở đó. Bỏ remind.',
        '"remind" in state "{state}" does nothing: the clock is not paused there. Remove remind.',
    ),
    "unknown-state": _error(
        '{where} dẫn tới trạng thái "{state}" chưa khai báo.{hint}',
        '{where} names the state "{state}", which is not defined.{hint}',
    ),
}

_ACTIONS = {
    "unknown-role": _error(
        '{where} dùng vai trò "{role}" chưa khai báo.{hint}',
        '{where} names the role "{role}", which is not defined.{hint}',
    ),
    "unknown-action": _error(
        '{where} dùng thao tác "{action}" chưa khai báo.{hint}',
        '{where} names the action "{action}", which is not defined.{hint}',
    ),
    "reserved-role": _error(
        'tên vai trò "{role}" đã dành sẵn cho hệ thống. Đặt tên khác.',
        'the role name "{role}" is built in. Choose another name.',
    ),
    "intake-role": _error(
        'vai trò "{role}" thuộc đơn vị "{unit}" không có trong routing.{hint}',
        'role "{role}" belongs to unit "{unit}", which is not in routing.{hint}',
    ),
    "unused-role": _warning(
        'vai trò "{role}" không giữ trạng thái nào và không làm thao tác nào. Bỏ nó.',
        'role "{role}" holds no state and does no action. Remove it.',
    ),
    "attach-undeclared": _error(
        'thao tác "{action}" đính kèm "{document}" chưa có trong documents.{hint} Kết quả khai báo với result: true',
        'action "{action}" attaches "{document}", which is not in documents.{hint} A result is declared with result: true',
    ),
    "receive-missing": _error(
        "không có thao tác tiếp nhận (từ mã Cổng 1 sang 2): hồ sơ không bao giờ có ngày hẹn. Thêm một thao tác.",
        "no action receives a dossier (from portal code 1 to 2): it would never get a due date. Add one.",
    ),
    "return-missing": _error(
        "không có thao tác trả kết quả (đến mã Cổng 10). Thêm một thao tác.",
        "no action returns the result (to portal code 10). Add one.",
    ),
    "system-without-after": _error(
        'thao tác "{action}" do hệ thống làm nhưng không nói khi nào. Thêm after: 5 working days',
        'action "{action}" is done by the system but does not say when. Add after: 5 working days',
    ),
    "after-without-system": _error(
        'thao tác "{action}" có "after" nhưng không do hệ thống làm. Đặt by: system',
        'action "{action}" has "after" but is not done by the system. Set by: system',
    ),
    "timer-needs-person": _error(
        'thao tác tự động "{action}" không thể có {needs}: hệ thống không có lý do, giấy tờ hay chữ ký. Bỏ khóa này.',
        'the timed action "{action}" cannot have {needs}: the system has no reason, paper or signature to give. Remove it.',
    ),
    "two-timers": _error(
        'thao tác "{action}" và "{other}" tự chạy cùng lúc từ trạng thái "{state}". Đổi thời gian của một thao tác.',
        'actions "{action}" and "{other}" would fire at the same moment from state "{state}". Change the time of one.',
    ),
    "ambiguous-effect": _error(
        'không rõ ý nghĩa của thao tác "{action}": có thể là {effects}. Thêm effect: … hoặc tách thao tác.',
        'the meaning of action "{action}" is not clear: it may be {effects}. Add effect: … or split it.',
    ),
    "effect-portal": _error(
        'effect: {effect} của thao tác "{action}" trái với mã Cổng của trạng thái "{state}" ({portal}). Cần mã {wanted}.',
        'effect: {effect} of action "{action}" contradicts the portal code of state "{state}" ({portal}). It needs {wanted}.',
    ),
    "template-missing": _error(
        'chưa có mẫu thông báo "{template}" trong workflows/notices.{hint}',
        'there is no notice template "{template}" in workflows/notices.{hint}',
    ),
}

_CONDITIONS = {
    "bad-condition": _error("không đọc được điều kiện: {why}", "the condition cannot be read: {why}"),
    "condition-type": _error(
        'điều kiện phải cho kết quả đúng hoặc sai, nhưng "{source}" cho {type}. Thêm phép so sánh, ví dụ == hoặc >',
        'a condition must be true or false, but "{source}" gives {type}. Add a comparison, for example == or >',
    ),
    "unknown-name": _error('{what}.{hint}', '{what}.{hint}'),
    "unknown-document": _error(
        'điều kiện hỏi giấy tờ "{document}" chưa có trong documents.{hint}',
        'the condition asks for the document "{document}", which is not in documents.{hint}',
    ),
    "unknown-choice": _error(
        'trường "{field}" không có lựa chọn "{value}": so sánh này luôn sai.{hint}',
        'the field "{field}" has no choice "{value}": this comparison is never true.{hint}',
    ),
    "no-else": _error(
        "{where} không có nhánh else: khi không điều kiện nào đúng thì không biết làm gì. Thêm {{else: …}} ở cuối.",
        "{where} has no else: when no condition holds nothing can be done. Add {{else: …}} at the end.",
    ),
    "routing-else": _warning(
        'routing "{route}" không có nhánh else: hồ sơ không khớp sẽ chờ người phân công. Thêm {{else: …}}',
        'routing "{route}" has no else: a dossier that matches no arm waits for a person. Add {{else: …}}',
    ),
    "unreachable-branch": _error(
        "nhánh này không bao giờ được chọn: {why}. Bỏ nó hoặc đổi thứ tự.",
        "this branch is never taken: {why}. Remove it or change the order.",
    ),
    "ambiguous-branch": _warning(
        'nhánh này dẫn tới "{then}" giống nhánh kế tiếp: điều kiện không có tác dụng. Bỏ nó hoặc sửa nơi đến.',
        'this branch leads to "{then}" like the next one: its condition changes nothing. Remove it or correct where it leads.',
    ),
}

_DATA = {
    "choice-without-choices": _error(
        'trường "{field}" là kiểu choice nhưng chưa có danh sách lựa chọn. Thêm choices: {{khóa: {{vi: …, en: …}}}}',
        'field "{field}" is a choice but lists none. Add choices: {{key: {{vi: …, en: …}}}}',
    ),
    "choices-unused": _error(
        'trường "{field}" có choices nhưng kiểu là {type}. Đặt type: choice hoặc bỏ choices.',
        'field "{field}" has choices but its type is {type}. Set type: choice or remove choices.',
    ),
    "min-max": _error(
        'trường "{field}": min {least} lớn hơn max {most}. Đổi một trong hai.',
        'field "{field}": min {least} is greater than max {most}. Change one of them.',
    ),
    "field-limit": _error(
        'khóa "{key}" không dùng được cho trường kiểu {type}. Được dùng với: {types}.',
        'the key "{key}" cannot be used for a field of type {type}. Available for: {types}.',
    ),
    "bad-pattern": _error("mẫu kiểm tra (pattern) không dùng được: {why}", "the pattern cannot be used: {why}"),
    "reserved-name": _error(
        'nhóm "{group}" đã dành sẵn cho dữ kiện của hệ thống. Đặt tên nhóm khác cho trường "{field}".',
        'the group "{group}" holds the facts of the system itself. Choose another group for field "{field}".',
    ),
    "field-conflict": _error(
        'trường "{field}" trùng với nhóm của trường "{other}". Đổi tên một trong hai.',
        'field "{field}" is also the group of field "{other}". Rename one of them.',
    ),
    "unused-document": _warning(
        'giấy tờ "{document}" không yêu cầu bản nào và không thao tác nào đính kèm. Thêm original: 1 hoặc bỏ nó.',
        'document "{document}" asks for no copy and no action attaches it. Add original: 1 or remove it.',
    ),
    "fee-per": _error(
        'phí "{fee}" nhân với "{fact}" không phải là số. Dùng một trường kiểu number.',
        'fee "{fee}" is multiplied by "{fact}", which is not a number. Use a field of type number.',
    ),
    "route-place": _error(
        'routing "{route}" tìm theo "{place}", không phải trường kiểu unit.{hint}',
        'routing "{route}" looks at "{place}", which is not a field of type unit.{hint}',
    ),
    "child-unknown-fact": _error(
        'hồ sơ con "{child}" lấy dữ kiện "{fact}" chưa khai báo.{hint}',
        'child "{child}" takes the fact "{fact}", which is not declared.{hint}',
    ),
    "unverified": Rule(
        "information",
        "{where} chưa được đối chiếu với văn bản (verified: false). Kiểm tra trước khi công bố.",
        "{where} was not checked against a legal text (verified: false). Check it before publishing.",
    ),
}

_TIME = {
    "date-order": _error(
        "hết hiệu lực {until} trước ngày bắt đầu {start}. Sửa until hoặc from.",
        "the end {until} is before the start {start}. Correct until or from.",
    ),
    "migrate-unused": _error(
        'có bảng migrate nhưng running là "{running}". Đặt running: migrate hoặc bỏ bảng.',
        'there is a migrate table but running is "{running}". Set running: migrate or remove the table.',
    ),
    "sla-total": _error(
        'thời hạn "{amount}" không hợp với đơn vị {unit}: {why}.',
        'the term "{amount}" does not fit the unit {unit}: {why}.',
    ),
    "sla-too-short": _error(
        "đường đi {path} cần {need} ngày làm việc, nhiều hơn thời hạn {total}. Giảm hạn các bước hoặc tăng total.",
        "path {path} needs {need} working days, more than sla total {total}. Shorten the steps or raise total.",
    ),
    "sla-tight": _warning(
        "đường đi dài nhất {path} cần {need} ngày làm việc, nhiều hơn thời hạn dài nhất {total}. Xem lại hạn các bước.",
        "the longest path {path} needs {need} working days, more than the longest sla total {total}. Review the steps.",
    ),
    "many-extensions": _warning(
        "cho phép gia hạn {count} lần; quy định chỉ cho một lần (Mẫu 04). Đặt extensions: 1",
        "{count} extensions are allowed; the rule is at most one (Form 04). Set extensions: 1",
    ),
    "warn-too-early": _warning(
        "nhắc trước hạn {before} nhưng thời hạn chỉ có {total}: sẽ nhắc ngay khi tiếp nhận. Giảm before.",
        "the warning comes {before} before a term of only {total}: it would come at once. Lower before.",
    ),
}

_AROUND = {
    "closed-unit": _error(
        'đơn vị "{office}" đóng ngày {closes}, trước khi phiên bản này bắt đầu ({start}).{successor}',
        'unit "{office}" closes {closes}, before this version starts ({start}).{successor}',
    ),
    "unknown-office": _error(
        'không có đơn vị "{office}" trong danh mục.{hint}',
        'there is no unit "{office}" in the register of offices.{hint}',
    ),
    "unknown-province": _error(
        'phí "{fee}" có mã tỉnh "{province}" không tồn tại vào {start}. Kiểm tra mã tỉnh.',
        'fee "{fee}" has a province code "{province}" that does not exist on {start}. Check the code.',
    ),
    "routing-gap": _error(
        'routing "{route}" không tìm được đơn vị cho {count} xã/phường, ví dụ "{example}". Thêm {{else: …}}',
        'routing "{route}" matches no unit for {count} communes, e.g. "{example}". Add {{else: …}}',
    ),
    "unknown-procedure": _error(
        'hồ sơ con "{child}" thuộc thủ tục "{procedure}" không có trong các quy trình.{hint}',
        'child "{child}" is of procedure "{procedure}", which no workflow file describes.{hint}',
    ),
    "child-unknown-field": _error(
        'thủ tục "{procedure}" không có trường "{field}" mà hồ sơ con "{child}" điền vào.{hint}',
        'procedure "{procedure}" has no field "{field}" that child "{child}" fills in.{hint}',
    ),
    "version-overlap": _error(
        'phiên bản {version} bắt đầu {start} nhưng phiên bản {other} chưa kết thúc trước ngày đó. Đặt cho phiên bản {other} "until: {until}"',
        'version {version} starts {start} but version {other} has no end date before it. Set version {other} "until: {until}"',
    ),
    "version-gap": _error(
        "phiên bản {version} bắt đầu {start} nhưng phiên bản {other} hết hiệu lực {until}: có ngày không có quy trình. Nối liền hai ngày.",
        "version {version} starts {start} but version {other} ends {until}: some days have no procedure. Join the two dates.",
    ),
    "version-order": _error(
        "phiên bản {version} bắt đầu trước phiên bản {other}. Số phiên bản phải tăng theo ngày hiệu lực.",
        "version {version} starts before version {other}. Version numbers must rise with their dates.",
    ),
    "version-twice": _error(
        "phiên bản {version} của thủ tục {procedure} đã có trong {other}. Tăng version.",
        "version {version} of procedure {procedure} is already in {other}. Raise version.",
    ),
    "file-name": _warning(
        'tên tệp không bắt đầu bằng mã thủ tục. Đổi thành "{wanted}"',
        'the file name does not begin with the procedure code. Rename it "{wanted}"',
    ),
}

RULES: dict[str, Rule] = {
    **_READING, **_STRUCTURE, **_STATES, **_ACTIONS, **_CONDITIONS, **_DATA, **_TIME, **_AROUND,
}  # fmt: skip
"""Every rule by its id."""

SECTIONS: dict[str, dict[str, Rule]] = {
    "Reading the file": _READING,
    "Keys and values": _STRUCTURE,
    "States": _STATES,
    "Roles, actions and notices": _ACTIONS,
    "Conditions and branches": _CONDITIONS,
    "Fields, documents and fees": _DATA,
    "Dates and time limits": _TIME,
    "Against other files and the register": _AROUND,
}
"""The rules as the reference lists them."""
