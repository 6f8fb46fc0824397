"""The bodies and queries of requests about the archive."""

from __future__ import annotations

from marshmallow import fields, validate

from api.parameters import Page
from engine.acts.archive.receipt import LONGEST_ARCHIVE, LONGEST_NUMBER
from engine.queries.archive import WAYS
from server.values import Body, Day, Line, Prose, Word, YesNo

LONGEST_TERMS = 4_000
_SHA256 = r"^[0-9A-Fa-f]{64}$"


class Packages(Page):
    way = fields.String(
        validate=validate.OneOf(WAYS), load_default=None, metadata={"description": "Only packages that stand here."}
    )


class NewReceipt(Body):
    """What the archive's receipt says of one package."""

    number = Line(LONGEST_NUMBER, required=True)
    day = Day(required=True)
    archive = Line(LONGEST_ARCHIVE, required=True)
    sha256 = Word(_SHA256, required=True, metadata={"description": "The hash of the package that the receipt names."})


class NewDestruction(Body):
    """``terms`` is the text of a file of retention terms."""

    terms = Prose(LONGEST_TERMS, required=True)
    reason = Prose(500, required=True)


class DestructionDecision(Body):
    approve = YesNo(required=True)
