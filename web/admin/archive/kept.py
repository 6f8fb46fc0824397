"""What stands where on the way to the archive, and the decision on a list for destruction by another administrator."""

from __future__ import annotations

from typing import Any, get_args

from flask import Response, request
from marshmallow import fields, validate

from engine.acts.archive.destroy import decide_destruction
from engine.errors import NotFound
from engine.queries.archive import Way, archive_status, bags, destruction, destructions
from engine.text import Text
from server.context import runtime
from server.identity import Access, reading
from server.values import Body
from web.form_values import whole
from web.once import once
from web.pages import Pages
from web.render import render

archive = Pages("archive", audience="desk")
HERE = "/quan-tri/luu-tru"
LIST = f"{HERE}/tieu-huy/<int:number>"


class Verdict(Body):
    """Whether the dossiers of a list may be destroyed."""

    verdict = fields.String(required=True, validate=validate.OneOf(("approve", "refuse")))


@archive.page(HERE, access=Access.ADMIN)
def show() -> str:
    """The archive"""
    chosen = request.args.get("o", "")
    way: Way | None = next((one for one in get_args(Way) if one == chosen), None)
    with reading() as unit:
        status, lists = archive_status(unit), destructions(unit)
        found = bags(unit, way, before=whole(request.args.get("truoc", "")) or None)
    return render("admin/archive/kept.html", status=status, lists=lists, found=found, way=way, ways=get_args(Way))


@archive.page(LIST, access=Access.ADMIN)
def show_list(number: int) -> str:
    """A list for destruction"""
    with reading() as unit:
        return render("admin/archive/list.html", one=destruction(unit, number))


@archive.post(LIST, access=Access.ADMIN, form=Verdict, again=show_list, step_up=True)
def decide(number: int, form: dict[str, Any]) -> Response:
    """Decide on a list for destruction"""
    approve = form["verdict"] == "approve"
    done = (
        Text("Đã duyệt. Người vận hành thực hiện bằng lệnh.", "Approved. The operator carries it out by a command.")
        if approve
        else Text("Đã từ chối danh sách.", "The list was refused.")
    )
    return once(
        "decide_destruction", lambda unit: decide_destruction(unit, number, approve=approve), to=HERE, done=done
    )


@archive.page(f"{LIST}/bien-ban", access=Access.ADMIN)
def minutes(number: int) -> Response:
    """The minutes of a destruction"""
    with reading() as unit:
        key = destruction(unit, number).minutes_key
    if key is None:
        raise NotFound(what=f"minutes {number}")
    headers = {"Content-Disposition": f'attachment; filename="bien-ban-tieu-huy-{number}.pdf"'}
    return Response(runtime().files.read(key), mimetype="application/pdf", headers=headers)
