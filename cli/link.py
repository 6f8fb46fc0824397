"""``motcua link``: a new citizen's link for a dossier, when the counter cannot hand it out itself."""

from __future__ import annotations

import click

from cli.compose import compose_from_environment
from cli.output import json_option, say, show
from engine.acts.renew_link import renew_link
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction


@click.group()
def link() -> None:
    """The citizen's link to a dossier."""


@link.command()
@click.argument("dossier")
@click.option("--reason", required=True, help="Why a new link is needed; it stands in the dossier's journal.")
@click.option("--tell", is_flag=True, help="Also send the new link to the applicant's telephone and e-mail.")
@json_option
def renew(dossier: str, reason: str, tell: bool, as_json: bool) -> None:
    """Make the link and the receipt code of a DOSSIER void, and print new ones. They are shown this once."""
    runtime = compose_from_environment(pooled=False)
    _, keys = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: renew_link(unit, dossier, reason, tell=tell))
    address = f"{runtime.settings.public_url}/h/{keys.link_token}"
    lines = [say(f"Đường dẫn: {address}", f"Link: {address}")]
    lines.append(say(f"Mã biên nhận: {keys.receipt_code}", f"Receipt code: {keys.receipt_code}"))
    show(as_json, {"link": address, "receipt_code": keys.receipt_code}, lines)
