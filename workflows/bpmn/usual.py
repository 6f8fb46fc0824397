"""What a draft has that no diagram says: the comments, the usual fields and papers, and the usual notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text
from workflows.bpmn.parts import Step

HEAD = Text(
    "Bản nháp từ sơ đồ BPMN {source}, quy trình {id}. Kiểm tra: motcua workflows lint.\n"
    "Định dạng: docs/workflow-file.md. Các dòng ĐIỀN là những gì sơ đồ không nói.",
    "A draft from the BPMN diagram {source}, process {id}. Check it by: motcua workflows lint.\n"
    "The format: docs/workflow-file.md. The lines FILL IN are what the diagram does not say.",
)
DIFFERS = Text("Khác với sơ đồ, dòng {line}: {told}", "Differs from the diagram, line {line}: {told}")
DATA = Text("Trong sơ đồ có: {names}", "The diagram has: {names}")
ASKED = Text("điều kiện trong sơ đồ: {condition}", "the condition in the diagram: {condition}")
NO_BASIS = Text("chưa nêu căn cứ", "no legal basis named")
MARKS = {
    "bpmn-decide-code": Text("mã thủ tục của Cơ sở dữ liệu quốc gia", "the procedure's code in the national database"),
    "bpmn-decide-legal": Text("căn cứ pháp lý, ngày áp dụng, lĩnh vực", "legal basis, first day, field"),
    "bpmn-decide-roles": Text(
        "vai trò nào thuộc cơ quan nào (unit, một khóa của routing)",
        "which role belongs to which office (unit, a key of routing)",
    ),
    "bpmn-decide-fields": Text(
        "những gì người nộp khai; điều kiện chỉ hỏi được các trường này",
        "what the applicant states; conditions can only ask for these fields",
    ),
    "bpmn-decide-papers": Text(
        "thành phần hồ sơ, mỗi thứ mấy bản; phí viết trong fees",
        "the papers and how many copies of each; fees are written in fees",
    ),
    "bpmn-decide-term": Text(
        "thời hạn giải quyết theo văn bản; hạn từng bước (hours, days) ở states",
        "the time limit of the law; that of each step (hours, days) in states",
    ),
    "bpmn-decide-portal": Text(
        "mã Cổng quốc gia (portal) của từng trạng thái", "the national portal's code (portal) of each state"
    ),
    "bpmn-decide-forms": Text(
        "mẫu in (print), lý do (reason), giấy tờ (attach), chữ ký (signature) của từng thao tác",
        "form (print), reason, paper (attach) and signature of each action",
    ),
    "bpmn-decide-notices": Text("báo cho ai, khi nào, qua kênh nào", "who is told what, when, by which channel"),
}
"""The comment at each place that is to be decided."""

FIELDS: dict[str, dict[str, object]] = {
    "request.commune": {"type": "unit", "vi": "Xã phường giải quyết", "en": "Commune that decides", "required": True},
    "request.content": {
        "type": "long_text",
        "vi": "Nội dung đề nghị",
        "en": "What is asked for",
        "required": True,
        "max": 2000,
    },
}
PAPERS: dict[str, dict[str, object]] = {
    "don": {"vi": "Đơn đề nghị", "en": "Application", "original": 1, "verified": False},
}
_ENTERED = {
    PortalStatus.REFUSED: "tu-choi-tiep-nhan",
    PortalStatus.SUPPLEMENT: "can-bo-sung",
    PortalStatus.OBLIGATION: "nghia-vu-tai-chinh",
    PortalStatus.WITHDRAWN: "da-rut-ho-so",
    PortalStatus.STOPPED: "dung-giai-quyet",
    PortalStatus.READY: "co-ket-qua",
    PortalStatus.RETURNED: "da-tra-ket-qua",
}
_REMINDED = {PortalStatus.OBLIGATION: "nhac-nghia-vu-tai-chinh"}
_TOLD = {"to": "applicant", "via": ["sms", "email"]}


def notices_of(states: dict[str, Step], receiving: Iterable[str]) -> Iterator[dict[str, object]]:
    """The usual notices: of reception, of what the applicant has to do, of the end, and of a term that is over."""
    for key in receiving:
        yield {"event": f"action({key})", **_TOLD, "template": "da-tiep-nhan"}
    for step in states.values():
        template = _ENTERED.get(PortalStatus(step.portal))
        if template and not step.initial:
            yield {"event": f"entered({step.key})", **_TOLD, "template": template}
        if step.reminds:
            reminded = _REMINDED.get(PortalStatus(step.portal), "nhac-bo-sung")
            yield {"event": f"remind({step.key})", **_TOLD, "template": reminded}
    yield {"event": "overdue", "to": "applicant", "via": ["sms", "email"], "template": "qua-han", "print": "mau-04"}
