"""The list of all resources, in the order of the documentation. A new resource is registered here."""

from __future__ import annotations

from api.actions import actions
from api.archive import archive
from api.assignment import holding
from api.connections import connections
from api.consents import consents
from api.corrections import corrections
from api.documents import documents
from api.dossiers import dossiers
from api.endings import endings
from api.events import events
from api.fees import fees
from api.figures import figures
from api.filings import filings
from api.forms import forms
from api.histories import histories
from api.indicators import indicators
from api.journal import journal
from api.link_renewals import link_renewals
from api.office_times import times
from api.offices import offices
from api.parties import parties
from api.people import people
from api.personal_data import personal_data
from api.problem_kinds import problem_kinds
from api.procedures import procedures
from api.reads import reads
from api.reforms import reforms
from api.remote_signing import remote_signing
from api.report_subscriptions import report_subscriptions
from api.reports import reports
from api.sessions import sessions
from api.staff import staff
from api.statistics import statistics
from api.status import status
from api.units import units
from api.verifications import verifications
from api.webhooks import webhooks

RESOURCES = (
    sessions,
    people,
    staff,
    archive,
    dossiers,
    actions,
    holding,
    documents,
    fees,
    connections,
    verifications,
    corrections,
    endings,
    parties,
    journal,
    forms,
    personal_data,
    consents,
    link_renewals,
    status,
    procedures,
    units,
    offices,
    times,
    remote_signing,
    reports,
    reads,
    statistics,
    indicators,
    figures,
    report_subscriptions,
    histories,
    reforms,
    webhooks,
    events,
    filings,
    problem_kinds,
)
