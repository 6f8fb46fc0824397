"""The schemas of query strings, one class for each kind of list or report."""

from __future__ import annotations

from marshmallow import fields, validate

from engine.queries.service_floors import FLOOR, LARGEST_FLOOR
from server.values import CODE, COMMUNE, KEY, PROCEDURE, Day, Line, Moment, WholeInQuery, Word, Words, YesNoInQuery

LARGEST_PAGE = 200
AFTER = r"^[A-Za-z0-9_\-]{1,200}$"


class Page(Words):
    limit = WholeInQuery(1, LARGEST_PAGE, load_default=50)
    after = Word(AFTER, load_default=None)


class DossierList(Page):
    state = Word(KEY, load_default=None)
    portal = WholeInQuery(1, 10, load_default=None)
    office = Word(CODE, load_default=None, metadata={"description": "An office that has a part in the dossier."})
    holder_office = Word(CODE, load_default=None, metadata={"description": "The office that must act now."})
    holder = Word(r"^(me|[0-9]{1,15})$", load_default=None, metadata={"description": "Who claimed it: an id, or me."})
    procedure = Word(PROCEDURE, load_default=None)
    overdue = YesNoInQuery(load_default=None)
    intake_overdue = YesNoInQuery(
        load_default=None, metadata={"description": "Online filings that wait longer than the limit of intake."}
    )
    warned = YesNoInQuery(
        load_default=None, metadata={"description": "An action was taken more often than the procedure foresees."}
    )
    due_before = Moment(load_default=None)
    q = Line(
        200,
        load_default=None,
        metadata={
            "description": "Whole words of the name, a code or its last number, a telephone or identity number; "
            "accents do not matter."
        },
    )
    sort = fields.String(validate=validate.OneOf(("-id", "due_at")), load_default="-id")


class JournalPage(Words):
    limit = WholeInQuery(1, LARGEST_PAGE, load_default=100)
    after = WholeInQuery(0, 1_000_000, load_default=0)


class EventFeed(Words):
    limit = WholeInQuery(1, LARGEST_PAGE, load_default=100)
    after = WholeInQuery(
        0, 10**15, load_default=0, metadata={"description": "The `next` of the page before; 0 for the oldest event."}
    )


class InboxPage(Page):
    unread = YesNoInQuery(load_default="false")


class OnDay(Words):
    on = Day(load_default=None, metadata={"description": "The day asked about; today by default."})


class ProcedureList(OnDay):
    q = Line(200, load_default=None, metadata={"description": "A code, or words of the name without accents."})


class ProcedureOne(OnDay):
    province = Word(r"^[0-9]{2}$", load_default=None, metadata={"description": "Whose fees are shown."})


class Resolve(OnDay):
    q = Line(500, required=True, metadata={"description": "An address, a name, a code or an id of a unit."})


class OfficeList(Page):
    on = Day(load_default=None)
    province = Word(r"^[0-9]{2}$", load_default=None)
    commune = Word(COMMUNE, load_default=None)
    receives = YesNoInQuery(load_default=None)


class StaffList(Page):
    office = Word(CODE, load_default=None, metadata={"description": "Only people who ever had a role there."})


class StaffJournal(Page):
    person = WholeInQuery(1, load_default=None, metadata={"description": "Only what concerns this person."})


class ReportPeriod(Words):
    start = Day(required=True, metadata={"description": "First day, inclusive."})
    end = Day(required=True, metadata={"description": "Last day, inclusive."})
    office = Word(CODE, load_default=None)


class HeldTime(Page):
    office = Word(CODE, required=True, metadata={"description": "The office that ended the dossiers."})
    start = Day(required=True, metadata={"description": "First day, inclusive."})
    end = Day(required=True, metadata={"description": "Last day, inclusive."})


class OnTimeByUnit(OnDay):
    start = Day(required=True, metadata={"description": "First day, inclusive."})
    end = Day(required=True, metadata={"description": "Last day, inclusive; 92 days at most."})
    level = fields.String(validate=validate.OneOf(("commune", "district", "province")), load_default="commune")


class QueueCounts(Words):
    office = Word(CODE, required=True)


class Register(Page):
    office = Word(CODE, required=True)
    start = Day(required=True, metadata={"description": "First day of receipt, inclusive."})
    end = Day(required=True, metadata={"description": "Last day of receipt, inclusive."})


class RegisterPrint(Words):
    office = Word(CODE, required=True)
    start = Day(required=True)
    end = Day(required=True)
    reason = Line(
        500, load_default=None, metadata={"description": "Why addresses and telephones must be unmasked; recorded."}
    )


class FromDay(Words):
    on = Day(load_default=None, metadata={"description": "The first day on which it holds no more; all by default."})


class WhyRead(Words):
    """The reason of those who do not work on the dossier."""

    reason = Line(
        500,
        load_default=None,
        metadata={"description": "Why the personal data must be seen; needed by those who do not work on the dossier."},
    )


class Looks(Words):
    dossier = Word(CODE, load_default=None)
    person = WholeInQuery(1, 10**15, load_default=None, metadata={"description": "The id of who looked."})
    start = Day(load_default=None, metadata={"description": "First day, inclusive."})
    end = Day(load_default=None, metadata={"description": "Last day, inclusive."})
    limit = WholeInQuery(1, LARGEST_PAGE, load_default=100)
    before = WholeInQuery(1, 10**15, load_default=None, metadata={"description": "From ``next`` of the last page."})


class FormPrint(WhyRead):
    issue = WholeInQuery(
        1, 9999, load_default=None, metadata={"description": "An earlier issue; the newest one by default."}
    )


class IndicatorScope(Words):
    start = Day(required=True, metadata={"description": "First day, inclusive."})
    end = Day(required=True, metadata={"description": "Last day, inclusive."})
    office = Word(CODE, load_default=None, metadata={"description": "Only dossiers that this office handles."})
    procedure = Word(PROCEDURE, load_default=None)


class Delays(IndicatorScope):
    province = Word(CODE, load_default=None, metadata={"description": "Only dossiers of this province."})


class Floors(Page):
    limit = WholeInQuery(1, LARGEST_PAGE, load_default=LARGEST_PAGE)
    year = WholeInQuery(2000, 2100, load_default=None, metadata={"description": "This year by default."})
    floor = WholeInQuery(1, LARGEST_FLOOR, load_default=FLOOR, metadata={"description": "Dossiers in a year."})
    province = Word(CODE, load_default=None)


class Indicators(IndicatorScope):
    by = fields.String(
        validate=validate.OneOf(("office", "procedure", "province")),
        load_default=None,
        metadata={"description": "Tell the indicators over dossiers apart by this; not given: all together."},
    )


class IndicatorSheet(Indicators):
    language = fields.String(validate=validate.OneOf(("vi", "en")), load_default="vi")


class IndicatorCsv(IndicatorSheet):
    decimal = fields.String(
        validate=validate.OneOf(("point", "comma")),
        load_default="point",
        metadata={"description": "The decimal sign; with a comma, cells are separated by semicolons."},
    )


class IndicatorList(IndicatorScope, Page):
    indicator = Word(KEY, required=True, metadata={"description": "The key of an indicator over dossiers."})
    side = fields.String(
        validate=validate.OneOf(("numerator", "denominator")),
        load_default="numerator",
        metadata={"description": "Which dossiers: those that achieve it, or all that count."},
    )


class IndicatorProcedures(IndicatorScope):
    indicator = Word(KEY, required=True, metadata={"description": "The key of an indicator over procedures."})
    side = fields.String(
        validate=validate.OneOf(("numerator", "denominator")),
        load_default="numerator",
        metadata={"description": "Which procedures: those that achieve it, or all that count."},
    )


class Histories(Words):
    procedure = Word(PROCEDURE, required=True)
    start = Day(required=True, metadata={"description": "First day on which dossiers ended, inclusive."})
    end = Day(required=True, metadata={"description": "Last day, inclusive; 92 days at most."})
    office = Word(CODE, load_default=None, metadata={"description": "Only dossiers that this office handled."})
    version = WholeInQuery(1, 9999, load_default=None, metadata={"description": "Only this version of the procedure."})


class StepTimes(Histories):
    by = fields.String(
        validate=validate.OneOf(("office", "month", "version")),
        load_default=None,
        metadata={"description": "Tell the times of a state apart by this; not given: all together."},
    )


class StateCounts(Words):
    procedure = Word(PROCEDURE, required=True)
    office = Word(CODE, load_default=None, metadata={"description": "Only dossiers that this office has now."})
    version = WholeInQuery(1, 9999, load_default=None, metadata={"description": "Only this version of the procedure."})
