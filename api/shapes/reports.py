"""Shapes of reports and of reorganisations."""

from __future__ import annotations

from marshmallow import fields

from api.shapes.base import Shape, State, Words, day, many, one, text, when, whole, yes_no


class Look(Shape):
    """One reading of unmasked personal data; ``person`` and ``name`` are of the member of staff who read."""

    id = whole()
    at = when()
    person = whole(True)
    name = text(True)
    dossier = text()
    what = text()
    reason = text()


class LookPage(Shape):
    items = many(Look)
    next = whole(True)
    months_away = fields.List(fields.String(), required=True)


class OnTimeLine(Shape):
    office = text()
    office_name = one(Words, True)
    finished = whole()
    on_time = whole()
    late = whole()
    running_late = whole()
    rate = fields.Float(required=True, allow_none=True)


class OnTime(Shape):
    start = day()
    end = day()
    items = many(OnTimeLine)


class HeldBy(Shape):
    office = text()
    office_name = one(Words, True)
    minutes = whole()


class HeldLongest(Shape):
    office = text()
    office_name = one(Words, True)
    dossiers = whole()


class LateDossier(Shape):
    code = text()
    procedure = text()
    procedure_name = one(Words)
    promised_at = when()
    finished_at = when()
    came_at = when()
    came_late = yes_no()
    held = many(HeldBy)
    longest = text()


class HeldTime(Shape):
    office = text()
    start = day()
    end = day()
    finished = whole()
    on_time = whole()
    late = whole()
    came_late = whole()
    longest = many(HeldLongest)
    items = many(LateDossier)
    next = text(True)


class UnitLine(Shape):
    unit = text(True)
    code = text(True)
    level = text(True)
    name = text(True)
    certain = yes_no()
    finished = whole()
    on_time = whole()
    late = whole()
    rate = fields.Float(required=True, allow_none=True)


class OnTimeByUnit(Shape):
    start = day()
    end = day()
    on = day()
    level = text()
    items = many(UnitLine)


class QueueLine(State):
    procedure = text()
    procedure_name = one(Words)
    count = whole()
    overdue = whole()


class Queues(Shape):
    office = text()
    items = many(QueueLine)


class RegisterLine(Shape):
    code = text()
    procedure = text()
    procedure_name = one(Words)
    applicant = text(True)
    handler_office = text()
    received_at = when(True)
    promised_at = when(True)
    returned_at = when(True)


class Register(Shape):
    items = many(RegisterLine)
    next = text(True)


class ReformLine(Shape):
    number = whole()
    code = text()
    name = one(Words)
    date = day()
    digest = text()
    state = text()
    dossiers = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Reforms(Shape):
    items = many(ReformLine)


class TriageCandidate(Shape):
    commune = text()
    office = text()
    office_name = one(Words, True)
    share = fields.Float(required=True, allow_none=True)
    suggested = fields.Boolean(required=True)


class TriageLine(Shape):
    province = text()
    commune = text(True)
    commune_name = text(True)
    dossiers = whole()
    candidates = many(TriageCandidate)


class Triage(Shape):
    items = many(TriageLine)


class Decided(Shape):
    asked = whole()
    moved = whole()
    left = whole()


class IntakeLine(Shape):
    office = text()
    office_name = one(Words, True)
    filed = whole()
    in_time = whole()
    late = whole()
    waiting_late = whole()


class IntakeReport(Shape):
    start = day()
    end = day()
    items = many(IntakeLine)


class IndicatorLine(Shape):
    key = text()
    number = text(True)
    group = text()
    kind = text()
    name = one(Words)
    formula = one(Words)
    source = text()
    within = text(True)
    within_name = one(Words, True)
    numerator = whole()
    denominator = whole()
    value = fields.Float(required=True, allow_none=True)
    points = fields.Float(required=True, allow_none=True)
    most_points = fields.Float(required=True, allow_none=True)


class IndicatorGroup(Shape):
    key = text()
    name = one(Words)
    points = fields.Float(required=True, allow_none=True)
    most_points = whole()


class NotCounted(Shape):
    key = text()
    group = text()
    name = one(Words)
    why = one(Words)


class IndicatorReport(Shape):
    start = day()
    end = day()
    by = text(True)
    note = text()
    groups = many(IndicatorGroup)
    items = many(IndicatorLine)
    not_counted = many(NotCounted)


class IndicatorDossier(State):
    code = text()
    procedure = text()
    procedure_name = one(Words)
    handler_office = text()
    received_at = when(True)
    promised_at = when(True)
    finished_at = when(True)


class IndicatorDossiers(Shape):
    items = many(IndicatorDossier)
    next = text(True)


class IndicatorProcedure(Shape):
    procedure = text()
    version = whole()
    name = one(Words)


class IndicatorProcedures(Shape):
    items = many(IndicatorProcedure)


class DelayLine(Shape):
    office = text()
    office_name = one(Words)
    finished = whole()
    late_share = fields.Float(required=True)
    dossiers = fields.List(whole(), required=True)


class Delays(Shape):
    start = day()
    end = day()
    classes = many(Words)
    items = many(DelayLine)


class FloorLine(Shape):
    procedure = text()
    procedure_name = one(Words)
    province = text()
    province_name = one(Words)
    offered = yes_no()
    filed = whole()
    online = whole()
    reached = yes_no()


class Floors(Shape):
    year = whole()
    floor = whole()
    offered = whole()
    reached = whole()
    items = many(FloorLine)
    next = text(True)


class CountedItem(Shape):
    name = one(Words)
    formula = one(Words)


class ReadyProvince(Shape):
    province = text()
    province_name = one(Words)
    done = fields.List(whole(), required=True)
    of = fields.List(whole(), required=True)
    equipped = yes_no()
    said_by = text(True)
    said_at = when(True)


class Readiness(Shape):
    items_counted = many(CountedItem)
    items = many(ReadyProvince)


class Subscription(Shape):
    id = whole()
    rhythm = text()
    office = text(True)
    province = text(True)
    name = one(Words, True)


class Subscriptions(Shape):
    address = yes_no()
    items = many(Subscription)


class Times(Shape):
    times = whole()
    median = whole()
    p90 = whole()
    longest = whole()


class Variant(Shape):
    states = fields.List(text(), required=True)
    dossiers = whole()
    share = fields.Float(required=True)
    left_at = text(True)
    minutes = one(Times, True)
    examples = fields.List(text(), required=True)


class Aside(Shape):
    source = text()
    target = text()
    foreseen = yes_no()
    dossiers = whole()
    times = whole()
    examples = fields.List(text(), required=True)


class StateName(Shape):
    state = text()
    name = one(Words)


class Variants(Shape):
    procedure = text()
    start = day()
    end = day()
    since = when(True)
    dossiers = whole()
    on_main_path = whole()
    main_path = fields.List(text(), required=True)
    states = many(StateName)
    items = many(Variant)
    asides = many(Aside)


class StepTime(Shape):
    state = text()
    name = one(Words)
    within = text(True)
    within_name = one(Words, True)
    minutes = one(Times)


class StepTimes(Shape):
    procedure = text()
    start = day()
    end = day()
    since = when(True)
    by = text(True)
    items = many(StepTime)


class StateFigure(Shape):
    state = text()
    dossiers = whole()
    late = fields.Float(required=True)


class StateFigures(Shape):
    procedure = text()
    items = many(StateFigure)
