# ruff: noqa: E501  a key stands on one line with its two explanations
"""The format of a workflow file, described once: every key, its values, and its explanation in both languages.

The checks of a file (``FILE.read``), the JSON Schema for editors (``json_schema``) and the table of keys in
``docs/workflow-file.md`` all derive from this description.
"""

from __future__ import annotations

import json
from typing import Any, get_args

from engine.rules.procedure.act_rights import NARROWED
from engine.rules.procedure.definition import APPLICANT_KINDS, CHANNELS, Clock, FieldType, TermUnit
from engine.rules.values.decimals import MOST_PLACES
from workflows.problems import Both
from workflows.shape_groups import ByKey, ByKind, Key, ListOf, MapOf, Record, one_or_more
from workflows.shapes import AllOr, Code, Day, Flag, Form, OneOf, Quarters, Shape, Whole, Words
from workflows.table_arms import MOST_UNITS
from workflows.table_shapes import area_shape, by_table, table_shape

FORMAT_VERSION = 1
MOST_SHORT = 40
"""The most characters of the name for lists."""
EFFECTS = (
    "receive", "refuse", "forward", "ask", "answer", "back", "submit", "sign", "finish", "return", "withdraw", "stop", "step",
)  # fmt: skip
FORMS = tuple(f"mau-0{number}" for number in range(1, 8))
INTAKES = ("any_commune_in_province", "any_centre_in_province", "competent_commune")
TERM = r"[1-9][0-9]{0,3} (?:(?:working|calendar) days?|working hours?)"
COMPETENT = r'competent|competent_unit\("([a-z][a-z0-9_-]{0,39})", ?([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,2})\)'
EVENT = r"(?:entered|action|remind)\([a-z][a-z0-9_]{0,39}\)|due_in\((?:0|[1-9][0-9]?)\)|overdue"

# Words that older YAML readers take for true and false cannot be names.
_NAME = r"(?!(?:on|off|yes|no|y|n|true|false|null)$)[a-z][a-z0-9_]{0,39}"
_FACT = r"[a-z][a-z0-9_]{0,39}(?:\.[a-z][a-z0-9_]{0,39}){0,2}"
_NAMED = Form(_NAME, "checking")
_OFFICE = Form(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}", "VPDK-TINH")
PROCEDURE_CODE = Code(r"[0-9]\.[0-9]{6}|[A-Z][A-Z0-9]*(?:[.-][A-Z0-9]+){1,5}", '"1.012783"')
_CONDITION = Words(1000)


def _key(shape: Shape, vi: str, en: str, required: bool = False, wanted: str | None = None) -> Key:
    return Key(shape, Both(vi, en), required, wanted)


def _text(**more: Key) -> dict[str, Key]:
    """The keys ``vi`` and ``en`` of a name, and further keys."""
    return {
        "vi": _key(Words(), "tên tiếng Việt", "Vietnamese name", required=True),
        "en": _key(Words(), "tên tiếng Anh", "English name", wanted="missing-en"),
        **more,
    }


_WHEN = _key(_CONDITION, "điều kiện: chỉ khi đúng", "condition: only when it holds")
_VERIFIED = _key(Flag(), "đã đối chiếu văn bản chưa", "whether checked against a legal text")
_FORM = _key(OneOf(FORMS, "form-unknown"), "mẫu in ra", "form to print")
_TEXT = Record(_text())


def _branches(target: Shape, vi: str, en: str) -> Shape:
    """A list of arms ``{when:, to:}`` that ends with ``{else:}``."""
    arm = Record({"when": _key(_CONDITION, "điều kiện", "condition", True), "to": _key(target, vi, en, True)})
    return ListOf(
        ByKey("else", Record({"else": _key(target, f"còn lại: {vi}", f"otherwise: {en}", True)}), arm), least=1
    )


_EFFECTIVE = Record(
    {
        "from": _key(Day(), "ngày bắt đầu", "first day", True),
        "until": _key(Day(), "ngày cuối cùng", "last day"),
        "running": _key(OneOf(("keep", "migrate", "ask")), "hồ sơ đang chạy", "what happens to running dossiers"),
        "replaces": _key(Whole(1, 9998), "thay cho phiên bản số", "the version that it corrects"),
        "migrate": _key(MapOf(_NAMED, _NAME, "survey: checking"), "trạng thái cũ: mới", "old state: new state"),
    }
)
_SECTOR = Record(
    _text(code=_key(Form(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}", "G15-TP01"), "mã lĩnh vực", "sector code", True))
)
_ROLE = Record(_text(unit=_key(_NAMED, "đơn vị trong routing", "unit in routing", True)))

_OFFICE_ROUTE = Record(
    {
        "by": _key(
            Form(COMPETENT, 'competent, hoặc "competent_unit("tax", land.commune)"'), "cách tìm", "how found", True
        ),
        "place": _key(Form(_FACT, "land.commune"), "trường chứa xã/phường", "field that holds the commune"),
    }
)
_ROUTING = Record(
    {"intake": _key(OneOf(INTAKES), "nơi tiếp nhận", "where dossiers are received", True)},
    extra=ByKind(
        items=_branches(_OFFICE, "mã đơn vị", "office code"), group=ByKey("table", by_table(_NAME), _OFFICE_ROUTE)
    ),
    extra_name=_NAME,
)

_NUMBER = Whole(-1_000_000_000_000, 1_000_000_000_000)
_OTHERS = one_or_more(Form(_FACT, "child.born"))
_FIELD = Record(
    _text(
        type=_key(OneOf(get_args(FieldType)), "kiểu dữ liệu", "type", True),
        required=_key(Flag(), "bắt buộc", "whether it must be given"),
        when=_WHEN,
        help=_key(_TEXT, "hướng dẫn", "help"),
        choices=_key(MapOf(_TEXT, r"[a-z][a-z0-9_-]{0,39}", "nha_o", least=1), "các lựa chọn", "choices"),
        min=_key(_NUMBER, "nhỏ nhất", "least"),
        max=_key(_NUMBER, "lớn nhất", "greatest"),
        pattern=_key(Words(200), "dạng của chữ", "form of the text"),
        personal=_key(Flag(), "là dữ liệu cá nhân", "whether it is personal data"),
        decimals=_key(Whole(1, MOST_PLACES), "số chữ số lẻ", "decimal places of a number"),
        partial=_key(Flag(), "được thiếu ngày, tháng", "whether day and month of a date may be missing"),
        not_after=_key(_OTHERS, "không sau today hoặc trường ngày khác", "not after today or another date field"),
        not_before=_key(_OTHERS, "không trước today hoặc trường ngày khác", "not before today or another date field"),
        min_age=_key(Whole(1, 150), "đủ bao nhiêu tuổi khi nộp", "least age in years at filing"),
        max_age=_key(Whole(0, 150), "nhiều nhất bao nhiêu tuổi khi nộp", "greatest age in years at filing"),
        differs_from=_key(_OTHERS, "phải khác trường", "fields with another value"),
    )
)
_DOCUMENT = Record(
    _text(
        original=_key(Whole(0, 50), "số bản chính", "how many originals"),
        certified=_key(Whole(0, 50), "số bản sao chứng thực", "how many certified copies"),
        copy=_key(Whole(0, 50), "số bản sao", "how many plain copies"),
        when=_WHEN,
        on_missing=_key(OneOf(("ask", "refuse")), "khi thiếu", "when it is missing"),
        reusable=_key(Flag(), "dùng lại được", "whether an earlier one may be reused"),
        result=_key(Flag(), "là kết quả", "whether it is the result"),
        verified=_VERIFIED,
    )
)
_DONG = Whole(0, 10_000_000_000)
_TIER = Record(
    {
        "above": _key(Whole(1, 1_000_000), "sau đơn vị thứ", "after so many units", True),
        "vnd": _key(_DONG, "số đồng mỗi đơn vị", "đồng for each further unit", True),
    }
)
_PRICE: dict[str, Key] = {
    "vnd": _key(_DONG, "số đồng", "đồng", True),
    "by_province": _key(MapOf(_DONG, r"[0-9]{2}", '"79": 5000'), "mã tỉnh: đồng", "province code: đồng"),
}
_FEE_REST: dict[str, Key] = {
    "per": _key(Form(_FACT, "copies.count"), "nhân với trường số", "number field it is multiplied by"),
    "tiers": _key(ListOf(_TIER, least=1), "mức từ đơn vị thứ", "price from some unit on"),
    "max": _key(_DONG, "nhiều nhất cho một bản, đồng", "most for one copy, đồng"),
    "copies": _key(Form(_FACT, "paper.copies"), "số bản, nhân sau cùng", "number field of copies, multiplied last"),
    "when": _WHEN,
    "collect": _key(OneOf(("on_receive", "during", "on_return")), "thu lúc", "when it is collected"),
    "verified": _VERIFIED,
}
_FEE = ByKey("table", Record(_text(**by_table(_NAME).keys, **_FEE_REST)), Record(_text(**_PRICE, **_FEE_REST)))

_AMOUNT = Quarters(MOST_UNITS)
_UNIT = _key(OneOf(get_args(TermUnit)), "đơn vị thời gian", "unit of time")
_TERM_ARM = ByKey(
    "else",
    Record({"else": _key(_AMOUNT, "thời hạn còn lại", "term otherwise", True), "unit": _UNIT}),
    Record(
        {
            "when": _key(_CONDITION, "điều kiện", "condition", True),
            "days": _key(_AMOUNT, "số ngày", "days"),
            "hours": _key(_AMOUNT, "số giờ làm việc", "working hours"),
            "unit": _UNIT,
        },
        apart=(("days", "hours"),),
    ),
)
_SLA = Record(
    {
        "unit": Key(_UNIT.shape, _UNIT.doc, required=True),
        "calendar": _key(Form(r"[a-z][a-z0-9-]{0,39}", "vn"), "lịch ngày nghỉ", "calendar of holidays"),
        "total": _key(
            ByKind(scalar=_AMOUNT, items=ListOf(_TERM_ARM, least=1), group=by_table(_NAME)), "thời hạn", "time limit"
        ),
        "starts": _key(_NAMED, "thao tác bắt đầu tính", "action that starts the clock"),
        "cutoff": _key(
            Form(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", '"15:00"'), "giờ chốt trong ngày", "cut-off of the day"
        ),
        "first_day": _key(OneOf(("counted", "not_counted")), "ngày tiếp nhận", "whether the day of reception counts"),
        "warn": _key(
            Record({"before": _key(Whole(0, 365), "trước bao lâu", "how long before", True)}),
            "nhắc trước hạn",
            "warning",
        ),
        "extensions": _key(Whole(0, 10), "số lần gia hạn", "how many extensions"),
        "verified": _VERIFIED,
    }
)
_STATE = Record(
    _text(
        portal=_key(Whole(1, 10, "portal-range"), "mã trạng thái Cổng 1–10", "national status code 1–10", True),
        role=_key(_NAMED, "vai trò giữ hồ sơ", "role that holds the dossier"),
        hours=_key(Quarters(1000), "hạn bước, giờ làm việc", "step limit in working hours"),
        days=_key(Quarters(365), "hạn bước, ngày", "step limit in days"),
        clock=_key(OneOf(get_args(Clock)), "đồng hồ", "clock"),
        remind=_key(Whole(1, 365), "nhắc sau số ngày làm việc", "remind after working days"),
        initial=_key(Flag(), "trạng thái bắt đầu", "the first state"),
        final=_key(Flag(), "trạng thái cuối", "a last state"),
    ),
    apart=(("days", "hours"),),
)
_ACTION = Record(
    _text(
        **{"from": _key(one_or_more(_NAMED), "từ trạng thái", "from which states", True)},
        to=_key(
            ByKind(scalar=_NAMED, items=_branches(_NAMED, "trạng thái", "state"), group=by_table(_NAME)),
            "đến trạng thái",
            "to which state",
            True,
        ),
        by=_key(one_or_more(_NAMED), "ai làm", "who does it", True),
        joint=_key(AllOr(2, 20), "bao nhiêu vai trò phải cùng làm", "how many of the roles must do it"),
        guard=_key(_CONDITION, "chỉ được làm khi", "only allowed when"),
        reason=_key(OneOf(("required", "optional")), "lý do", "reason"),
        print=_FORM,
        attach=_key(_NAMED, "giấy tờ phải đính kèm", "document to attach"),
        signature=_key(OneOf(("none", "digital")), "chữ ký", "signature"),
        warn_after=_key(Whole(1, 10), "cảnh báo sau số lần", "warn after so many times"),
        after=_key(Form(TERM, "5 working days"), "tự chạy sau", "happens by itself after"),
        effect=_key(OneOf(EFFECTS), "ý nghĩa", "meaning"),
    )
)
_NOTICE = Record(
    {
        "event": _key(Form(EVENT, "entered(accepted), due_in(1), overdue"), "khi nào", "when", True),
        "to": _key(one_or_more(_NAMED), "gửi ai", "to whom", True),
        "via": _key(one_or_more(OneOf(("sms", "email", "inbox", "webhook"))), "qua kênh", "through", True),
        "template": _key(Form(r"[a-z0-9][a-z0-9-]{0,59}", "da-tiep-nhan"), "mẫu thông báo", "notice template"),
        "print": _FORM,
    }
)
_CHILD = Record(
    _text(
        procedure=_key(PROCEDURE_CODE, "mã thủ tục con", "procedure of the child", True),
        opens=_key(_NAMED, "mở khi vào trạng thái", "state that opens it", True),
        when=_WHEN,
        fields=_key(MapOf(Form(_FACT, "child.name"), _FACT, "person.name", rule="field-key"), "điền sẵn", "filled in"),
    )
)

FILE = Record(
    {
        "procedure": _key(PROCEDURE_CODE, "mã thủ tục, trong ngoặc kép", "procedure code, quoted", True),
        "version": _key(Whole(1, 9999), "số phiên bản", "version number", True),
        "name": _key(_TEXT, "tên thủ tục", "name of the procedure", True),
        "short": _key(
            Record(
                {
                    "vi": _key(Words(MOST_SHORT), "tên ngắn tiếng Việt", "short Vietnamese name", required=True),
                    "en": _key(Words(MOST_SHORT), "tên ngắn tiếng Anh", "short English name", wanted="missing-en"),
                }
            ),
            "tên ngắn trong danh sách",
            "name for lists",
            wanted="missing-short",
        ),
        "legal": _key(ListOf(Words(200), least=1, unique=True), "căn cứ pháp lý", "legal references", True),
        "effective": _key(_EFFECTIVE, "hiệu lực", "from when until when", True),
        "channels": _key(ListOf(OneOf(CHANNELS), least=1, unique=True), "kênh nộp", "ways to file", required=True),
        "applicants": _key(ListOf(OneOf(APPLICANT_KINDS), least=1, unique=True), "ai được nộp", "who may file"),
        "sector": _key(_SECTOR, "lĩnh vực", "field of administration", True),
        "public": _key(Flag(), "công khai cho người dân", "whether citizens see it"),
        "roles": _key(MapOf(_ROLE, _NAME, "specialist", least=1), "vai trò", "roles", True),
        "routing": _key(_ROUTING, "phân công đơn vị", "which office", True),
        "fields": _key(
            MapOf(_FIELD, _FACT, "land.commune", rule="field-key"), "trường thông tin", "what the applicant fills in"
        ),
        "documents": _key(MapOf(_DOCUMENT, _NAME, "don"), "thành phần hồ sơ", "papers"),
        "fees": _key(MapOf(_FEE, _NAME, "le_phi"), "phí, lệ phí", "fees"),
        "tables": _key(MapOf(table_shape(_NAME, _text()), _NAME, "thoi_han"), "bảng quyết định", "decision tables"),
        "areas": _key(MapOf(area_shape(_text()), _NAME, "mien_nui"), "địa bàn", "areas"),
        "sla": _key(_SLA, "thời hạn giải quyết", "time limit", True),
        "states": _key(MapOf(_STATE, _NAME, "checking", least=1), "trạng thái", "states", True),
        "actions": _key(MapOf(_ACTION, _NAME, "receive", least=1), "thao tác", "actions", True),
        "notify": _key(ListOf(_NOTICE), "thông báo", "notices"),
        "children": _key(MapOf(_CHILD, _NAME, "residence"), "hồ sơ liên thông", "linked dossiers"),
        "rights": _key(
            MapOf(one_or_more(_NAMED), "|".join(NARROWED), "waive_fee", rule="unknown-act"),
            "thao tác chung chỉ giao cho vai trò nào",
            "which roles alone may do an act that every procedure has",
        ),
    }
)
"""The shape of a whole file."""


def json_schema() -> dict[str, Any]:
    """The format as JSON Schema 2020-12, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Một Cửa: quy trình thủ tục hành chính / procedure",
        **FILE.json_schema(),
    }


def json_schema_text() -> str:
    """The bytes of ``workflows/schema/procedure-1.json``."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).with_name("schema").joinpath(f"procedure-{FORMAT_VERSION}.json").write_text(
        json_schema_text(), encoding="utf-8"
    )
