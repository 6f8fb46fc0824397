"""Adds the pages to the application that the API made: ``api.app.create_app(…, pages=register_pages)``."""

from __future__ import annotations

from flask import Flask, Response

from server.identity import Access
from web.account import own, provider, second_factor, sign_in
from web.admin import mirrors, overview, reconciliation
from web.admin.archive import kept
from web.admin.editor import drafts as editor_drafts
from web.admin.editor import page as editor_page
from web.admin.editor import simulator
from web.admin.incidents import shown
from web.admin.offices import shown as office_shown
from web.admin.offices import times as office_times
from web.admin.offices import told as office_told
from web.admin.people import changes, importing, listed, one, proposals
from web.admin.portal import pages as portal_pages
from web.admin.procedures import listing, live, made_plan, new_plan, plan, procedure, record, what_if
from web.admin.units import competences, reforms, units
from web.citizen import (
    centres,
    check,
    feedback,
    link,
    messages,
    moves,
    notices,
    payment,
    proof,
    public_procedures,
    result,
    start,
    status,
    supplement,
)
from web.csrf import register_csrf
from web.desk import (
    batch,
    fee_notice,
    filings,
    intake,
    keys,
    papers,
    questions,
    queue,
    receipt,
    register,
    remote_sign,
    returns,
    saved_views,
    sign,
    sign_round,
    today,
)
from web.desk.dossier import page
from web.errors import Show, pages_or
from web.help import chapter
from web.help.where import help_for
from web.language import remember_language
from web.pages import Pages
from web.policy_reports import register_policy_reports
from web.render import environment
from web.reports import by_mail, process, provinces
from web.reports import overview as figures
from web.reports import units as unit_figures
from web.static_files import register_static

_SITE = Pages("site", audience="citizen")
PAGES = [
    _SITE,
    sign_in.account,
    provider.provider,
    own.own,
    second_factor.factor,
    start.start,
    centres.centres,
    link.link,
    status.status,
    supplement.supplement,
    moves.moves,
    result.result,
    notices.notices,
    messages.messages,
    feedback.feedback,
    proof.proof,
    payment.payment,
    check.check,
    today.today,
    queue.queue,
    saved_views.saved,
    batch.batches,
    keys.keys,
    intake.intake,
    receipt.receipts,
    page.dossier,
    fee_notice.fee_notice,
    sign.sign,
    sign_round.sign_rounds,
    remote_sign.remote,
    papers.papers,
    questions.questions,
    filings.filings,
    returns.returns,
    register.books,
    chapter.handbook,
    listing.listing,
    procedure.procedures,
    new_plan.planning,
    made_plan.made_plans,
    plan.loaded_plans,
    live.live,
    record.records,
    what_if.forecasts,
    public_procedures.public,
    reforms.reforms,
    competences.competences,
    units.units,
    listed.staff,
    one.person,
    changes.changes,
    importing.importing,
    proposals.proposals,
    reconciliation.reconciling,
    shown.incidents,
    kept.archive,
    portal_pages.portal,
    mirrors.mirrors,
    overview.overview,
    figures.overview,
    unit_figures.units,
    process.processes,
    provinces.provinces,
    by_mail.by_mail,
    editor_drafts.listing,
    editor_page.editor,
    simulator.walks,
    office_shown.offices,
    office_times.times,
    office_told.told,
]


def register_pages(app: Flask, problem: Show) -> Show:
    """Registers every page, the static files and what pages need around them; returns how refusals are shown."""
    app.url_map.converters["token"] = link.Token
    register_csrf(app)
    register_static(app)
    register_policy_reports(app)
    environment().globals["help_for"] = help_for  # the handbook itself is rendered, so rendering cannot import it
    for pages in PAGES:
        app.register_blueprint(pages)
    return pages_or(problem)


@_SITE.post("/ngon-ngu", access=Access.PUBLIC)
def choose_language() -> Response:
    """Keep the language that was chosen"""
    return remember_language()
