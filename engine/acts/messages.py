"""The acts on messages between office and applicant: write one, and say that one's side has read them.

A message is a journal entry whose words are in its private part. It decides nothing, moves no clock, and answers no
request for a supplement.
"""

from __future__ import annotations

from engine.dossier.case import Case, lock_case, read_case
from engine.dossier.notices import applicant_rows, message_row
from engine.dossier.record import record, send
from engine.dossier.rights import must_may
from engine.errors import wrong
from engine.store.messages import messages_of, note_read
from engine.transaction import UnitOfWork

LONGEST = 2000


def write_message(unit: UnitOfWork, code: str, text: str) -> Case:
    """Writes a message to the other side, which gets a notice: the applicant, or whoever must act.

    Staff who may write notes may write messages. The applicant may until the dossier has ended. Raises NotFound,
    Forbidden, Ended, InvalidInput.
    """
    case = read_case(unit, code)
    citizen = unit.actor.kind == "citizen"
    if not citizen:
        must_may(case, "add_note")
    if not text.strip() or len(text) > LONGEST:
        raise wrong(
            "text",
            f"phải có nội dung, tối đa {LONGEST} ký tự",
            f"must say something, in at most {LONGEST} characters",
        )
    private = {"text": text.strip()}
    entry = record(case, "write_message", private=private) if citizen else record(case, "send_message", private=private)
    _tell(case, entry, to_office=citizen)
    return case


def read_messages(unit: UnitOfWork, code: str) -> Case:
    """Records that the actor's side has read all messages until now. Raises NotFound, Forbidden."""
    case = lock_case(unit, code)
    citizen = unit.actor.kind == "citizen"
    if not citizen:
        must_may(case, "add_note")
    last = max((one.number for one in messages_of(unit.begin(), case.id)), default=0)
    if last:
        note_read(unit.begin(), case.id, "applicant" if citizen else "office", last, unit.now)
    return case


def _tell(case: Case, entry: int, *, to_office: bool) -> None:
    """The notice of a message, without its words."""
    if not to_office:
        send(case.unit, applicant_rows(case, "tin-nhan", entry))
        return
    row = case.row
    holder = f"person:{row['holder_id']}" if row["holder_id"] is not None else None
    office, role = row["holder_office"] or row["handler_office"], row["holder_role"] or "specialist"
    facts = {"code": case.code, "procedure": row["procedure"], "release": row["release"], "state": row["state"]}
    told = message_row(
        case,
        channel="inbox",
        recipient=holder or f"office:{office}/{role}",
        template="tin-nhan-nguoi-nop",
        occasion=f"{entry}:message",
        data=facts | {"entry": entry},
    )
    send(case.unit, [told])
