"""Every procedure: search, sector, versions in force and to come, and whether they were published in time."""

from __future__ import annotations

from flask import request

from engine.queries.procedure_versions import Standing, procedures_with_versions
from server.identity import Access, reading
from web.admin.procedures.words import STANDINGS
from web.pages import Pages
from web.render import render

listing = Pages("procedures", audience="admin")
PROCEDURES = "/quan-tri/thu-tuc"
_LONGEST_SEARCH = 100
_STANDINGS: dict[str, Standing] = {"hieu-luc": "in-force", "sap-toi": "future", "het": "past"}


@listing.page(PROCEDURES, access=Access.ADMIN)
def show() -> str:
    """All procedures"""
    words = " ".join(request.args.get("q", "").replace("\0", " ").split())[:_LONGEST_SEARCH]
    sector, standing = request.args.get("linh-vuc", ""), request.args.get("tinh-trang", "")
    with reading() as unit:
        every = procedures_with_versions(unit)
        found = procedures_with_versions(unit, words, sector, _STANDINGS.get(standing))
    sectors = {one.shown.release.sector.code: one.shown.release.sector.name for one in every}
    return render(
        "admin/procedures/listing.html",
        found=found,
        number=len(every),
        words=words,
        sector=sector,
        standing=standing if standing in _STANDINGS else "",
        sectors=sorted(sectors.items()),
        standings={slug: STANDINGS[key] for slug, key in _STANDINGS.items()},
    )
