"""The schemas of request bodies, one class a body."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from engine.acts.correct_payment import MOST_VND
from engine.acts.link_dossiers import KINDS
from engine.acts.parties import NAMED
from engine.acts.settle_children import CHOICES
from engine.acts.settle_refund import REFUND_METHODS
from engine.rules.deadlines.office_hours import SPECIAL_KINDS
from engine.rules.procedure.definition import APPLICANT_KINDS, CHANNELS, PAYMENT_METHODS
from server.values import CODE, COMMUNE, KEY, PROCEDURE, Body, Day, FormValues, Line, Moment, Prose, Whole, Word, YesNo

LANGUAGES = ("vi", "en")
REVOKED_NAME = r"^[0-9a-f]{16}$"


class SignIn(Body):
    username = Line(60, required=True)
    password = fields.String(
        required=True, validate=validate.Length(1, 200), metadata={"pattern": r"^[^\x00]*$"}
    )  # any other character may be part of one
    otp = Line(40)  # six digits, or a recovery code


class ApplicantGiven(Body):
    kind = fields.String(required=True, validate=validate.OneOf(APPLICANT_KINDS))
    name = Line(200, required=True)
    identity_number = Line(40, allow_none=True)
    phone = Line(40, allow_none=True)
    email = Line(254, allow_none=True)
    address = Line(500, allow_none=True)
    commune = Word(COMMUNE, allow_none=True)
    verified = YesNo(load_default=False)
    language = fields.String(validate=validate.OneOf(LANGUAGES), load_default="vi")


class HandedIn(Body):
    """A paper handed in at the counter: how many originals, certified copies and plain copies of it."""

    key = Word(KEY, required=True)
    original = Whole(0, 99, load_default=0)
    certified = Whole(0, 99, load_default=0)
    copy = Whole(0, 99, load_default=0)


class PartyGiven(Body):
    """A person beside the applicant; ``document`` is the paper that shows the ``authority``."""

    name = Line(200, allow_none=True, load_default=None)
    identity_number = Line(40, allow_none=True, load_default=None)
    phone = Line(40, allow_none=True, load_default=None)
    address = Line(500, allow_none=True, load_default=None)
    authority = Line(300, allow_none=True, load_default=None)
    document = Whole(1, allow_none=True, load_default=None)


class NewParty(PartyGiven):
    kind = fields.String(required=True, validate=validate.OneOf(NAMED))


class HandOver(PartyGiven):
    """Either a person (``name`` with an identity paper or an ``authority``), or ``tracking`` for the post."""

    tracking = Line(60, allow_none=True, load_default=None)


class Succession(Body):
    applicant = fields.Nested(ApplicantGiven, required=True)
    reason = Prose(required=True)
    proof = Prose(required=True)


class NewDossier(Body):
    procedure = Word(PROCEDURE, required=True)
    applicant = fields.Nested(ApplicantGiven, required=True)
    fields_ = FormValues(data_key="fields", load_default=dict)
    channel = fields.String(validate=validate.OneOf(CHANNELS), load_default="counter")
    intake_office = Word(CODE, required=True)
    support_office = Word(CODE, allow_none=True, load_default=None)
    handler_office = Word(CODE, allow_none=True, load_default=None)
    handler_reason = Prose(allow_none=True, load_default=None)
    documents = fields.List(fields.Nested(HandedIn), load_default=list, validate=validate.Length(0, 100))
    filed_at = Moment(allow_none=True, load_default=None)
    receive = YesNo(load_default=False)
    received_at = Moment(
        allow_none=True,
        load_default=None,
        metadata={"description": "The moment of a reception that is entered later; the time limit counts from it."},
    )
    received_reason = Prose(allow_none=True, load_default=None)
    note = Prose(allow_none=True, load_default=None)
    parties = fields.List(fields.Nested(NewParty), load_default=list, validate=validate.Length(0, 50))


def _children() -> fields.String:
    words = "What becomes of linked dossiers that still run when this one ends without a result."
    return fields.String(
        validate=validate.OneOf(CHOICES), allow_none=True, load_default=None, metadata={"description": words}
    )


class AskedFor(Body):
    """What a request for a supplement names: papers to bring, and fields of the form to correct."""

    documents = fields.List(Word(KEY), load_default=list, validate=validate.Length(0, 100))
    fields_ = fields.List(Word(KEY), data_key="fields", load_default=list, validate=validate.Length(0, 100))


class TakeAction(Body):
    action = Word(KEY, required=True)
    reason = Prose(allow_none=True, load_default=None)
    note = Prose(allow_none=True, load_default=None)
    fields_ = FormValues(data_key="fields", allow_none=True, load_default=None)
    assignee = Whole(1, allow_none=True, load_default=None)
    received_at = Moment(
        allow_none=True,
        load_default=None,
        metadata={"description": "The moment of a reception that is entered later; the time limit counts from it."},
    )
    received_reason = Prose(allow_none=True, load_default=None)
    asks = fields.Nested(AskedFor, allow_none=True, load_default=None)
    children = _children()


class CitizenAction(Body):
    """``receipt_code`` is needed by an action that ends the dossier."""

    action = Word(KEY, required=True)
    receipt_code = Line(40, allow_none=True, load_default=None)
    reason = Prose(allow_none=True, load_default=None)
    fields_ = FormValues(data_key="fields", allow_none=True, load_default=None)
    children = _children()


class Withdraw(Body):
    """``paper`` describes the applicant's written request."""

    reason = Prose(required=True)
    paper = Line(200, required=True)
    children = _children()


class Reason(Body):
    reason = Prose(required=True)


class Reopen(Body):
    """``void`` names the results that are wrong; without it all of them become void."""

    reason = Prose(required=True)
    legal = Line(200, required=True)
    void = fields.List(Whole(1), allow_none=True, load_default=None, validate=validate.Length(0, 100))
    state = Word(KEY, allow_none=True, load_default=None)


class Refile(Body):
    """``fields`` are values of the new form beside those of the old one that fit."""

    procedure = Word(PROCEDURE, required=True)
    reason = Prose(required=True)
    fields_ = FormValues(data_key="fields", load_default=dict)
    handler_office = Word(CODE, allow_none=True, load_default=None)
    receive = YesNo(load_default=True)
    children = _children()


class ResultWanted(Body):
    """``document`` is one of the results; without it the newest is given."""

    receipt_code = Line(40, required=True)
    document = Whole(1, allow_none=True, load_default=None)


class Assign(Body):
    """Without ``person`` the caller claims the dossier."""

    person = Whole(1, allow_none=True, load_default=None)
    reason = Prose(allow_none=True, load_default=None)


class GiveBack(Body):
    """A colleague's claim is freed for a reason."""

    reason = Prose(allow_none=True, load_default=None)


class CheckDocument(Body):
    accepted = YesNo(required=True)
    reason = Prose(allow_none=True, load_default=None)


class SettleFee(Body):
    method = fields.String(required=True, validate=validate.OneOf(PAYMENT_METHODS))
    receipt = Line(100, allow_none=True, load_default=None)
    vnd = Whole(1, MOST_VND, allow_none=True, load_default=None)


class SettleRefund(Body):
    method = fields.String(required=True, validate=validate.OneOf(REFUND_METHODS))
    receipt = Line(100, allow_none=True, load_default=None)
    vnd = Whole(1, MOST_VND, allow_none=True, load_default=None)


class CorrectPayment(Body):
    number = Whole(1, required=True)
    reason = Prose(required=True)
    method = fields.String(allow_none=True, load_default=None, validate=validate.OneOf(PAYMENT_METHODS))
    receipt = Line(100, allow_none=True, load_default=None)
    vnd = Whole(1, MOST_VND, allow_none=True, load_default=None)


class CancelPayment(Body):
    number = Whole(1, required=True)
    reason = Prose(required=True)


class PaymentCallback(Schema):
    """Only documented: the body is read as the mapping file of the installation says."""

    class Meta:
        unknown = INCLUDE

    data = fields.Dict(metadata={"description": "The transaction, by the names of `connections/payments.yaml`."})


class AskVerification(Body):
    office = Word(CODE, required=True)
    question = Prose(required=True)
    documents = fields.List(
        Whole(1), load_default=list, validate=validate.Length(0, 100), metadata={"description": "Papers attached."}
    )


class AnswerVerification(Body):
    confirmed = YesNo(required=True)
    answer = Prose(required=True)


class TermBody(Body):
    amount = Whole(1, 366, required=True)
    unit = fields.String(required=True, validate=validate.OneOf(("working_day", "working_hour", "calendar_day")))


class Extend(Body):
    term = fields.Nested(TermBody, required=True)
    reason = Prose(required=True)


class Transfer(Body):
    office = Word(CODE, required=True)
    reason = Prose(required=True)
    legal = Line(200, allow_none=True, load_default=None)
    key = Word(KEY, load_default="handler", metadata={"description": "Which of the dossier's offices is replaced."})


class LinkTo(Body):
    dossier = Word(CODE, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))


class Note(Body):
    text = Prose(required=True)


class ApplicantChange(Body):
    name = Line(200)
    identity_number = Line(40, allow_none=True)
    phone = Line(40, allow_none=True)
    email = Line(254, allow_none=True)
    address = Line(500, allow_none=True)
    commune = Word(COMMUNE, allow_none=True)
    verified = YesNo()
    language = fields.String(validate=validate.OneOf(LANGUAGES))


class Rectify(Body):
    """``number`` is the journal entry that the correction is about."""

    number = Whole(1, 1_000_000, required=True)
    applicant = fields.Nested(ApplicantChange, load_default=dict)
    fields_ = FormValues(data_key="fields", load_default=dict)
    reason = Prose(required=True)


class RenewLink(Body):
    """``tell`` also sends the new link to the applicant's contact."""

    reason = Prose(required=True)
    tell = YesNo(load_default=True)


class LookUp(Body):
    code = Line(64, required=True)
    receipt_code = Line(40, required=True)


class Decision(Body):
    """Either ``dossiers``, or every waiting dossier of an old ``commune``, narrowed to a ``hamlet`` of it if given."""

    to = Word(COMMUNE, required=True)
    legal = Line(200, required=True)
    reason = Prose(required=True)
    dossiers = fields.List(Word(CODE), load_default=list, validate=validate.Length(0, 200))
    commune = Word(COMMUNE, allow_none=True, load_default=None)
    hamlet = Line(100, allow_none=True, load_default=None)


class Activity(Reason):
    active = YesNo(required=True)


class MembershipEnd(Reason):
    office = Word(CODE, required=True)
    role = Word(KEY, required=True)
    on = Day(required=True, metadata={"description": "The first day without the role."})


class SubstitutionEnd(Reason):
    deputy = Whole(1, required=True)
    on = Day(required=True, metadata={"description": "The first day without the deputy."})


class TokenRevocation(Reason):
    """``token`` names one session or token; without it all of the person are revoked."""

    token = Word(REVOKED_NAME, allow_none=True, load_default=None)


class NewProposal(Reason):
    person = Whole(1, required=True)


class Verdict(Reason):
    approve = YesNo(required=True)


SPAN = r"^([01][0-9]|2[0-4]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$"


def _spans() -> fields.List[Any]:
    return fields.List(Word(SPAN), load_default=list, validate=validate.Length(0, 6))


class NewClosure(Body):
    """Without ``spans`` whole days, else those hours of each day."""

    first = Day(required=True)
    last = Day(required=True)
    vi = Line(200, required=True)
    en = Line(200, required=True)
    legal = Line(200, required=True)
    spans = _spans()


class WeekOf(Body):
    """Weekdays with other hours than the country's; an empty list closes one."""

    mon = fields.List(Word(SPAN), validate=validate.Length(0, 6))
    tue = fields.List(Word(SPAN), validate=validate.Length(0, 6))
    wed = fields.List(Word(SPAN), validate=validate.Length(0, 6))
    thu = fields.List(Word(SPAN), validate=validate.Length(0, 6))
    fri = fields.List(Word(SPAN), validate=validate.Length(0, 6))
    sat = fields.List(Word(SPAN), validate=validate.Length(0, 6))
    sun = fields.List(Word(SPAN), validate=validate.Length(0, 6))


class SpecialDayGiven(Body):
    day = Day(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(SPECIAL_KINDS))
    vi = Line(200, required=True)
    en = Line(200, required=True)
    legal = Line(200, required=True)
    spans = _spans()
    instead_of = Day(allow_none=True, load_default=None)


class NewHours(Body):
    """``days`` are special days beside the country's, or with ``own_days`` instead of them."""

    first = Day(required=True)
    last = Day(allow_none=True, load_default=None)
    week = fields.Nested(WeekOf, required=True)
    vi = Line(200, required=True)
    en = Line(200, required=True)
    legal = Line(200, required=True)
    days = fields.List(fields.Nested(SpecialDayGiven), load_default=list, validate=validate.Length(0, 400))
    own_days = YesNo(load_default=False)


class Empty(Body):
    """An empty object, or no body at all."""
