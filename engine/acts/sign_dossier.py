"""The act ``sign_dossier``: a signature under exactly what the signing person was shown."""

from __future__ import annotations

from engine.acts.perform_action import take
from engine.dossier.case import Case, read_case
from engine.dossier.how import USUAL, How
from engine.dossier.papers import attached
from engine.errors import Conflict, wrong
from engine.rules.procedure.signatures import is_signature
from engine.transaction import UnitOfWork


class PaperChanged(Conflict):
    """The paper that would be signed is not the one that was shown."""

    code = "paper-changed"
    vi = "Bản sẽ ký của hồ sơ {dossier} đã thay đổi sau khi anh/chị xem. Xem lại rồi ký."
    en = "The paper to be signed in dossier {dossier} has changed since you saw it. Look at it again, then sign."


def sign_dossier(
    unit: UnitOfWork,
    code: str,
    action: str,
    *,
    sha256: str | None = None,
    version: int | None = None,
    how: How = USUAL,
) -> Case:
    """Takes a signing action. ``sha256`` is that of the paper that the person saw; None where the action takes none.

    Without a paper the ``version`` of the dossier says what was seen. ``how`` brings the signature where a
    provider made it. Raises PaperChanged, InvalidInput, SigningFailed, and the refusals of ``perform_action``.
    """
    case = read_case(unit, code, version, along=("documents",))
    wanted = case.release.actions.get(action)
    if wanted is not None and not is_signature(wanted):
        raise wrong("action", "không phải thao tác ký", "is no signature")
    if wanted is not None and wanted.attach and case.row["state"] in wanted.sources and case.may(action).allowed:
        paper = attached(case, action, wanted.attach)
        if paper is not None and paper["sha256"] != sha256:
            raise PaperChanged(dossier=case.code)
    return take(case, action, how=how)
