"""The kinds of elements of BPMN: what each is called, and what is made of it."""

from __future__ import annotations

from workflows.problems import Both

STEPS = {
    "task": Both("công việc", "task"),
    "userTask": Both("công việc của người", "user task"),
    "manualTask": Both("công việc thủ công", "manual task"),
}
"""Steps of a person."""
MACHINES = {
    "serviceTask": Both("công việc của phần mềm", "service task"),
    "scriptTask": Both("công việc chạy mã", "script task"),
    "businessRuleTask": Both("công việc xét quy tắc", "business rule task"),
    "sendTask": Both("công việc gửi tin", "send task"),
    "receiveTask": Both("công việc chờ tin", "receive task"),
}
"""Steps that a machine would do."""
INSIDE = {
    "subProcess": Both("quy trình con", "sub-process"),
    "transaction": Both("giao dịch", "transaction"),
    "adHocSubProcess": Both("quy trình con tự do", "ad-hoc sub-process"),
    "callActivity": Both("lời gọi quy trình khác", "call activity"),
}
"""Steps with steps inside."""
PARALLEL = {
    "parallelGateway": Both("cổng song song", "parallel gateway"),
    "inclusiveGateway": Both("cổng bao hàm", "inclusive gateway"),
    "complexGateway": Both("cổng phức hợp", "complex gateway"),
}
"""Gateways that let several branches run."""
GATEWAYS = {
    "exclusiveGateway": Both("cổng loại trừ", "exclusive gateway"),
    "eventBasedGateway": Both("cổng chờ sự kiện", "event-based gateway"),
    **PARALLEL,
}
EVENTS = {
    "intermediateCatchEvent": Both("sự kiện chờ", "intermediate catch event"),
    "intermediateThrowEvent": Both("sự kiện gửi", "intermediate throw event"),
}
STARTS_AND_ENDS = {
    "startEvent": Both("sự kiện bắt đầu", "start event"),
    "endEvent": Both("sự kiện kết thúc", "end event"),
}
BOUNDARY = {"boundaryEvent": Both("sự kiện gắn vào bước", "boundary event")}
DATA = {
    "dataObjectReference": Both("đối tượng dữ liệu", "data object"),
    "dataStoreReference": Both("kho dữ liệu", "data store"),
}
NODES = STEPS | MACHINES | INSIDE | GATEWAYS | EVENTS | STARTS_AND_ENDS | BOUNDARY
"""Everything that flows lead to and from."""
STATES = frozenset({*STEPS, *MACHINES, *INSIDE, "endEvent"})
"""What becomes a state."""
LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
TRIGGERS = {
    "messageEventDefinition": Both("một tin", "a message"),
    "timerEventDefinition": Both("hẹn giờ", "a timer"),
    "errorEventDefinition": Both("một lỗi", "an error"),
    "escalationEventDefinition": Both("sự leo thang", "an escalation"),
    "cancelEventDefinition": Both("sự hủy", "a cancellation"),
    "compensateEventDefinition": Both("sự bù trừ", "a compensation"),
    "conditionalEventDefinition": Both("một điều kiện", "a condition"),
    "linkEventDefinition": Both("một liên kết", "a link"),
    "signalEventDefinition": Both("một tín hiệu", "a signal"),
    "terminateEventDefinition": Both("sự chấm dứt mọi nhánh", "the end of all branches"),
    "eventDefinitionRef": Both("một sự kiện khai báo riêng", "an event defined elsewhere"),
}
SILENT = frozenset(
    {"laneSet", "sequenceFlow", "association", "textAnnotation", "documentation", "extensionElements", "group"}
    | {"ioSpecification", "dataObject", "property", "auditing", "monitoring", "artifact", "supports", "category"}
    | {"resourceRole", "performer", "potentialOwner", "humanPerformer", "correlationSubscription"}
    | {"dataInputAssociation", "dataOutputAssociation"}
)
"""Children of a process that are read elsewhere, or that say nothing about its flow."""


def word(tag: str) -> Both:
    """What an element is called."""
    return (NODES | DATA).get(tag) or Both(tag.rpartition(" ")[2], tag.rpartition(" ")[2])
