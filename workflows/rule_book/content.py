# ruff: noqa: E501  a sentence stands on one line, so that it can be found by its words
"""The sentences of rules about a procedure's data: conditions, fields, documents, fees, dates and time limits."""

from workflows.rule_book.rule import Rule, error, information, warning

CONDITIONS: dict[str, Rule] = {
    "bad-condition": error("không đọc được điều kiện: {why}", "the condition cannot be read: {why}"),
    "condition-type": error("điều kiện không hợp lệ: {why}", "the condition does not fit: {why}"),
    "unknown-name": error("{why}", "{why}"),
    "unknown-document": error(
        'điều kiện hỏi giấy tờ "{document}" chưa có trong documents.{hint}',
        'the condition asks for the document "{document}", which is not in documents.{hint}',
    ),
    "no-else": error(
        "{where} không có nhánh else: khi không điều kiện nào đúng thì không biết làm gì. Thêm {{else: …}} ở cuối.",
        "{where} has no else: when no condition holds nothing can be done. Add {{else: …}} at the end.",
    ),
    "routing-else": warning(
        'routing "{route}" không có nhánh else: hồ sơ không khớp sẽ chờ người phân công. Thêm {{else: …}}',
        'routing "{route}" has no else: a dossier that matches no arm waits for a person. Add {{else: …}}',
    ),
    "never-true": warning(
        "điều kiện này không đúng trong trường hợp nào, nên {where} không bao giờ được dùng. Sửa điều kiện.",
        "this condition holds in no case, so {where} is never used. Correct the condition.",
    ),
    "unreachable-branch": error(
        "nhánh này không bao giờ được chọn: {why}. Bỏ nó hoặc đổi thứ tự.",
        "this branch is never taken: {why}. Remove it or change the order.",
    ),
    "ambiguous-branch": warning(
        'nhánh này dẫn tới "{then}" giống nhánh kế tiếp: điều kiện không có tác dụng. Bỏ nó hoặc sửa nơi đến.',
        'this branch leads to "{then}" like the next one: its condition changes nothing. Remove it or correct where it leads.',
    ),
}


DATA: dict[str, Rule] = {
    "choice-without-choices": error(
        'trường "{field}" là kiểu choice nhưng chưa có danh sách lựa chọn. Thêm choices: {{khóa: {{vi: …, en: …}}}}',
        'field "{field}" is a choice but lists none. Add choices: {{key: {{vi: …, en: …}}}}',
    ),
    "choices-unused": error(
        'trường "{field}" có choices nhưng kiểu là {type}. Đặt type: choice hoặc bỏ choices.',
        'field "{field}" has choices but its type is {type}. Set type: choice or remove choices.',
    ),
    "min-max": error(
        'trường "{field}": min {least} lớn hơn max {most}. Đổi một trong hai.',
        'field "{field}": min {least} is greater than max {most}. Change one of them.',
    ),
    "field-limit": error(
        'khóa "{key}" không dùng được cho trường kiểu {type}. Được dùng với: {types}.',
        'the key "{key}" cannot be used for a field of type {type}. Available for: {types}.',
    ),
    "field-relation": error(
        'trường "{field}": {key} nêu "{other}", không phải một trường khác kiểu {type} của quy trình.{hint}',
        'field "{field}": {key} names "{other}", which is no other field of type {type} of this procedure.{hint}',
    ),
    "bad-pattern": error(
        'mẫu "{pattern}" của trường "{field}" không dùng được: {why}. Ví dụ: [A-Z]{{2}} [0-9]{{6}}',
        'the pattern "{pattern}" of field "{field}" cannot be used: {why}. For example: [A-Z]{{2}} [0-9]{{6}}',
    ),
    "reserved-name": error(
        'nhóm "{group}" đã dành sẵn cho dữ kiện của hệ thống. Đặt tên nhóm khác cho trường "{field}".',
        'the group "{group}" holds the facts of the system itself. Choose another group for field "{field}".',
    ),
    "field-conflict": error(
        'trường "{field}" trùng với nhóm của trường "{other}". Đổi tên một trong hai.',
        'field "{field}" is also the group of field "{other}". Rename one of them.',
    ),
    "unused-document": warning(
        'giấy tờ "{document}" không yêu cầu bản nào và không thao tác nào đính kèm. Thêm original: 1 hoặc bỏ nó.',
        'document "{document}" asks for no copy and no action attaches it. Add original: 1 or remove it.',
    ),
    "fee-per": error(
        'phí "{fee}" nhân với "{fact}" không phải là số. Dùng một trường kiểu number.',
        'fee "{fee}" is multiplied by "{fact}", which is not a number. Use a field of type number.',
    ),
    "fee-tiers": error(
        'bậc giá của phí "{fee}" không tính được: {why}. Ví dụ: per: paper.pages, tiers: [{{above: 2, vnd: 1000}}]',
        'the tiers of fee "{fee}" cannot be counted: {why}. For example: per: paper.pages, tiers: [{{above: 2, vnd: 1000}}]',
    ),
    "route-place": error(
        'routing "{route}" tìm theo "{place}", không phải trường kiểu unit và không phải nơi tiếp nhận (intake).{hint}',
        'routing "{route}" looks at "{place}", which is no field of type unit and not the place of receipt (intake).'
        "{hint}",
    ),
    "child-unknown-fact": error(
        'hồ sơ con "{child}" lấy dữ kiện "{fact}" chưa khai báo.{hint}',
        'child "{child}" takes the fact "{fact}", which is not declared.{hint}',
    ),
    "unverified": information(
        "{where} chưa được đối chiếu với văn bản (verified: false). Kiểm tra trước khi công bố.",
        "{where} was not checked against a legal text (verified: false). Check it before publishing.",
    ),
}


TIME: dict[str, Rule] = {
    "date-order": error(
        "hết hiệu lực {until} trước ngày bắt đầu {start}. Sửa until hoặc from.",
        "the end {until} is before the start {start}. Correct until or from.",
    ),
    "replaces-later": error(
        "phiên bản {version} không thể thay phiên bản {replaced}: chỉ thay được phiên bản có số nhỏ hơn. Tăng version.",
        "version {version} cannot replace version {replaced}: only a lower number can be replaced. Raise version.",
    ),
    "migrate-unused": error(
        'có bảng migrate nhưng running là "{running}". Đặt running: migrate hoặc bỏ bảng.',
        'there is a migrate table but running is "{running}". Set running: migrate or remove the table.',
    ),
    "sla-total": error(
        'thời hạn "{amount}" không hợp với đơn vị {unit}: {why}.',
        'the term "{amount}" does not fit the unit {unit}: {why}.',
    ),
    "step-part": error(
        'bước "{state}" có hạn {days} ngày, nhưng thủ tục tính ngày theo lịch: số ngày phải nguyên. Dùng hours.',
        'step "{state}" has a limit of {days} days, but this procedure counts calendar days, which are whole. Use hours.',
    ),
    "sla-too-short": error(
        "đường đi {path} cần {need} ngày làm việc, nhiều hơn thời hạn {total}. Giảm hạn các bước hoặc tăng total.",
        "path {path} needs {need} working days, more than sla total {total}. Shorten the steps or raise total.",
    ),
    "sla-tight": warning(
        "đường đi dài nhất {path} cần {need} ngày làm việc, nhiều hơn thời hạn dài nhất {total}. Xem lại hạn các bước.",
        "the longest path {path} needs {need} working days, more than the longest sla total {total}. Review the steps.",
    ),
    "many-extensions": warning(
        "cho phép gia hạn {count} lần; quy định chỉ cho một lần (Mẫu 04). Đặt extensions: 1",
        "{count} extensions are allowed; the rule is at most one (Form 04). Set extensions: 1",
    ),
    "warn-too-early": warning(
        "nhắc trước hạn {before} nhưng thời hạn chỉ có {total}: sẽ nhắc ngay khi tiếp nhận. Giảm before.",
        "the warning comes {before} before a term of only {total}: it would come at once. Lower before.",
    ),
}
