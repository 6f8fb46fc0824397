"""The names of everything that a release holds, in both languages: the keys of the normal form and its fixed words."""

from __future__ import annotations

from collections.abc import Mapping

from engine.rules.procedure import definition as d
from engine.rules.procedure import parts as p
from engine.text import Text

GROUPS: Mapping[str, Text] = {
    "procedure": Text("Thủ tục và hiệu lực", "The procedure and its effect"),
    "term": Text("Thời hạn", "Time limit"),
    "steps": Text("Các bước", "Steps"),
    "actions": Text("Thao tác", "Actions"),
    "documents": Text("Thành phần hồ sơ", "Papers"),
    "fees": Text("Phí, lệ phí", "Fees"),
    "fields": Text("Thông tin trên tờ khai", "What the applicant fills in"),
    "offices": Text("Vai trò và cơ quan", "Roles and offices"),
    "notices": Text("Thông báo", "Notices"),
    "children": Text("Hồ sơ liên thông", "Linked dossiers"),
    "tables": Text("Bảng quyết định và địa bàn", "Decision tables and areas"),
}
"""The groups of changes, in the order in which they are told."""

GROUP_OF: Mapping[str, str] = {
    "sla": "term",
    "states": "steps",
    "actions": "actions",
    "documents": "documents",
    "fees": "fees",
    "fields": "fields",
    "roles": "offices",
    "routing": "offices",
    "rights": "offices",
    "notify": "notices",
    "children": "children",
    "tables": "tables",
    "areas": "tables",
}
"""The group of each part of a release; every part that is not named belongs to ``procedure``."""


def _texts(**given: tuple[str, str]) -> dict[str, Text]:
    return {key: Text(*both) for key, both in given.items()}


NAMES: Mapping[type, Mapping[str, Text]] = {
    d.Release: _texts(
        procedure=("Mã thủ tục", "Procedure code"),
        version=("Số phiên bản", "Version number"),
        name=("Tên thủ tục", "Name of the procedure"),
        legal=("Căn cứ pháp lý", "Legal references"),
        effective=("Hiệu lực", "Effect"),
        sector=("Lĩnh vực", "Field of administration"),
        channels=("Cách nộp", "Ways to file"),
        applicants=("Đối tượng nộp", "Who may file"),
        roles=("Vai trò", "Role"),
        routing=("Phân công", "Routing"),
        sla=("Thời hạn", "Time limit"),
        states=("Bước", "Step"),
        actions=("Thao tác", "Action"),
        fields=("Thông tin", "Field"),
        documents=("Giấy tờ", "Paper"),
        fees=("Khoản thu", "Fee"),
        notify=("Thông báo", "Notice"),
        children=("Hồ sơ liên thông", "Linked dossier"),
        public=("Công khai cho người dân", "Shown to citizens"),
        rights=("Quyền", "Right"),
        short=("Tên ngắn", "Short name"),
        tables=("Bảng quyết định", "Decision table"),
        areas=("Địa bàn", "Area"),
    ),
    d.Effective: _texts(
        start=("ngày bắt đầu", "first day"),
        until=("ngày cuối cùng", "last day"),
        running=("hồ sơ đang chạy", "running dossiers"),
        migrate=("chuyển trạng thái", "state becomes"),
        replaces=("thay cho phiên bản số", "corrects version"),
    ),
    d.Sector: _texts(code=("mã", "code"), name=("tên", "name")),
    d.Role: _texts(name=("tên", "name"), unit=("đơn vị trong phân công", "office in the routing")),
    d.Route: _texts(
        by=("cách tìm", "how it is found"),
        place=("thông tin chứa xã/phường", "field with the commune"),
        branches=("cơ quan", "office"),
    ),
    d.Field: _texts(
        type=("kiểu", "type"),
        name=("tên", "name"),
        required=("bắt buộc", "required"),
        when=("chỉ khi", "only when"),
        help=("hướng dẫn", "help"),
        choices=("lựa chọn", "choice"),
        minimum=("nhỏ nhất", "least"),
        maximum=("lớn nhất", "greatest"),
        pattern=("dạng của chữ", "form of the text"),
        personal=("dữ liệu cá nhân", "personal data"),
        decimals=("số chữ số lẻ", "decimal places"),
        partial=("được thiếu ngày, tháng", "day and month may be missing"),
        not_after=("không sau", "not after"),
        not_before=("không trước", "not before"),
        min_age=("tuổi ít nhất khi nộp", "least age at filing"),
        max_age=("tuổi nhiều nhất khi nộp", "greatest age at filing"),
        differs_from=("phải khác", "must differ from"),
    ),
    d.Document: _texts(
        name=("tên", "name"),
        original=("số bản chính", "originals"),
        certified=("số bản sao chứng thực", "certified copies"),
        copy=("số bản sao", "plain copies"),
        when=("chỉ khi", "only when"),
        on_missing=("khi thiếu", "when it is missing"),
        reusable=("dùng lại được", "may be reused"),
        result=("là kết quả", "is the result"),
        verified=("đã đối chiếu văn bản", "checked against the legal text"),
    ),
    d.Fee: _texts(
        name=("tên", "name"),
        vnd=("mức thu", "amount"),
        by_province=("mức thu của tỉnh", "amount in province"),
        per=("nhân với", "multiplied by"),
        when=("chỉ khi", "only when"),
        collect=("lúc thu", "collected"),
        verified=("đã đối chiếu văn bản", "checked against the legal text"),
        tiers=("mức từ đơn vị sau", "price of further units"),
        most=("nhiều nhất cho một bản", "most for one copy"),
        copies=("số bản", "copies"),
        prices=("mức thu theo trường hợp", "amount by case"),
    ),
    d.Sla: _texts(
        total=("Thời hạn", "Time limit"),
        calendar=("lịch làm việc", "calendar"),
        starts=("bắt đầu tính từ", "starts with"),
        cutoff=("giờ chốt trong ngày", "cut-off of the day"),
        first_day=("ngày đầu", "first day"),
        warn=("nhắc trước hạn", "warning before the end"),
        extensions=("số lần gia hạn", "extensions"),
        verified=("đã đối chiếu văn bản", "checked against the legal text"),
    ),
    d.State: _texts(
        name=("tên", "name"),
        portal=("mã trạng thái trên cổng quốc gia", "status code of the national portal"),
        clock=("đồng hồ", "clock"),
        role=("ai giữ hồ sơ", "who holds the dossier"),
        initial=("bước đầu", "first step"),
        final=("bước cuối", "last step"),
        limit=("hạn của bước", "limit of the step"),
        remind=("nhắc lại sau mỗi", "reminder after every"),
    ),
    d.Action: _texts(
        name=("tên", "name"),
        sources=("từ bước", "from"),
        to=("đến bước", "to"),
        by=("ai làm", "who takes it"),
        effect=("ý nghĩa", "meaning"),
        guard=("điều kiện", "condition"),
        reason=("lý do", "reason"),
        form=("mẫu in ra", "printed form"),
        attach=("giấy tờ kèm theo", "paper attached"),
        signature=("chữ ký", "signature"),
        warn_after=("số lần dự kiến", "times foreseen"),
        after=("tự động sau", "by itself after"),
        joint=("số vai trò cùng làm", "roles that must act jointly"),
    ),
    d.Notice: _texts(
        event=("khi", "on"),
        to=("gửi cho", "to"),
        via=("qua", "via"),
        template=("mẫu tin", "template"),
        subject=("của", "of"),
        term=("trước", "before"),
        form=("kèm mẫu", "with form"),
    ),
    d.Child: _texts(
        procedure=("thủ tục", "procedure"),
        name=("tên", "name"),
        opens=("mở ở bước", "opens at"),
        when=("chỉ khi", "only when"),
        fields=("điền thông tin", "fills in"),
    ),
    p.Table: _texts(
        name=("tên", "name"),
        hit=("cách đọc", "hit policy"),
        inputs=("cột", "input"),
        rules=("dòng", "rule"),
    ),
    p.Area: _texts(name=("tên", "name"), communes=("các xã/phường", "communes"), legal=("căn cứ", "legal reference")),
    Text: _texts(vi=("tiếng Việt", "Vietnamese"), en=("tiếng Anh", "English")),
}
"""The name of each key of each part that is compared key by key."""

_WORDS: Mapping[str, Text] = _texts(
    citizen=("công dân", "citizen"),
    business=("doanh nghiệp", "business"),
    organisation=("tổ chức", "organisation"),
    state_body=("cơ quan nhà nước", "state body"),
    foreigner=("người nước ngoài", "foreigner"),
    counter=("tại quầy", "at the counter"),
    portal=("trực tuyến", "online"),
    post=("qua bưu chính", "by post"),
    vneid=("qua VNeID", "by VNeID"),
    not_started=("chưa tính", "not started"),
    running=("đang tính", "runs"),
    paused=("tạm dừng", "paused"),
    stopped=("dừng hẳn", "stopped"),
    keep=("giữ phiên bản cũ", "keep their version"),
    migrate=("chuyển sang phiên bản này", "move to this version"),
    ask=("do người có thẩm quyền quyết định", "a person decides"),
    refuse=("từ chối", "refuse"),
    on_receive=("khi tiếp nhận", "on reception"),
    on_return=("khi trả kết quả", "on return"),
    during=("trong khi giải quyết", "while it is processed"),
    counted=("được tính", "counted"),
    not_counted=("không tính", "not counted"),
    required=("bắt buộc", "required"),
    optional=("không bắt buộc", "optional"),
    digital=("ký số", "digital"),
    unique=("đúng một dòng", "exactly one rule"),
    first=("dòng đầu tiên đúng", "the first rule that holds"),
    applicant=("người nộp", "the applicant"),
    system=("hệ thống", "the system"),
    holder=("người đang giữ", "the holder"),
)
WORDED: Mapping[tuple[type, str], Mapping[str, Text]] = {
    (d.Release, "channels"): {key: _WORDS[key] for key in d.CHANNELS},
    (d.Release, "applicants"): {key: _WORDS[key] for key in d.APPLICANT_KINDS},
    (d.Effective, "running"): {key: _WORDS[key] for key in ("keep", "migrate", "ask")},
    (d.Document, "on_missing"): {"ask": Text("yêu cầu bổ sung", "ask for it"), "refuse": _WORDS["refuse"]},
    (d.Fee, "collect"): {key: _WORDS[key] for key in ("on_receive", "on_return", "during")},
    (d.Sla, "first_day"): {key: _WORDS[key] for key in ("counted", "not_counted")},
    (d.State, "clock"): {key: _WORDS[key] for key in ("not_started", "running", "paused", "stopped")},
    (d.Action, "reason"): {key: _WORDS[key] for key in ("required", "optional")},
    (d.Action, "signature"): {"none": Text("không cần", "none"), "digital": _WORDS["digital"]},
    (d.Notice, "event"): _texts(
        entered=("đến bước", "entering a step"),
        remind=("nhắc lại", "a reminder"),
        action=("thao tác", "an action"),
        due_in=("sắp đến hạn", "nearly due"),
        overdue=("quá hạn", "overdue"),
    ),
    (p.Table, "hit"): {key: _WORDS[key] for key in ("unique", "first")},
}
"""The words for the fixed values of a key. A value that is not named is told as it is written."""

BUILT_IN_ROLES: Mapping[str, Text] = {key: _WORDS[key] for key in ("applicant", "system", "holder")}

UNITS: Mapping[str, tuple[Text, Text]] = {
    "working_day": (Text("ngày làm việc", "working day"), Text("ngày làm việc", "working days")),
    "working_hour": (Text("giờ làm việc", "working hour"), Text("giờ làm việc", "working hours")),
    "calendar_day": (Text("ngày", "calendar day"), Text("ngày", "calendar days")),
}
"""Each unit of a term, for one of it and for several."""
