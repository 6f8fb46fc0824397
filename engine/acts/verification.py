"""The acts on verifications: a question to another office, with its own clock (3 working days in the sources)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, and_, insert, select, update

from engine.acts.documents import OTHER, stored_file
from engine.dossier.asked import questions_seen
from engine.dossier.case import Case, lock_case
from engine.dossier.notices import message_row
from engine.dossier.paper_bounds import must_have_room
from engine.dossier.record import add_clocks, record, send
from engine.dossier.rights import must_be_open, must_may
from engine.errors import Conflict, NotFound, wrong
from engine.rules.deadlines.timing import Clock, term_end
from engine.rules.procedure.definition import Term
from engine.store.documents import documents
from engine.store.dossiers import verifications
from engine.store.numbers import take_paper_number
from engine.transaction import UnitOfWork

TERM = Term(3, "working_day")


class Answered(Conflict):
    """The question is answered already."""

    code = "verification-answered"
    vi = "Yêu cầu xác minh đã được trả lời."
    en = "The verification was answered already."


def ask_verification(
    unit: UnitOfWork,
    code: str,
    office: str,
    question: str,
    version: int | None = None,
    documents: Sequence[int] = (),
) -> tuple[Case, int]:
    """Puts a question to another office; returns the case and the question's id. The dossier's own clock goes on.

    The office sees the question and the papers ``documents`` (ids) of the dossier, and nothing else of it, until
    ``seen_after_days`` after its answer. Raises NotFound, Stale, Ended, Forbidden, HeldByAnother, InvalidInput.
    """
    case = lock_case(unit, code, version)
    must_be_open(case)
    must_may(case, "ask_verification")
    _must_be_askable(case, office, question)
    attached = _attached(case, documents)
    due_at = term_end(unit.catalogue.calendar(case.release.sla.calendar, office), unit.now, TERM)
    row = {
        "dossier_id": case.id,
        "office": office,
        "asked_by": unit.actor.person_id,
        "asked_at": unit.now,
        "due_at": due_at,
        "question": question,
        "documents": attached or None,
    }
    number = unit.begin().execute(insert(verifications).returning(verifications.c.id), row).scalar_one()
    case.forget()
    data = {"verification": number, "office": office, "due_at": due_at} | ({"documents": attached} if attached else {})
    entry = record(case, "ask_verification", data=data, private={"question": question})
    add_clocks(case, [Clock("verify", str(number), due_at)])
    _tell(case, f"office:{office}/specialist", "xac-minh", entry, {"verification": number, "due": due_at.isoformat()})
    case.forget()
    return case, int(number)


def answer_verification(
    unit: UnitOfWork,
    code: str,
    verification: int,
    confirmed: bool,
    answer: str,
    version: int | None = None,
    files: Sequence[tuple[bytes, str]] = (),
) -> Case:
    """Answers a question that was put to the actor's office; ``files`` (content, name) become papers of the dossier.

    Raises NotFound, Answered, Forbidden, InvalidInput, UnacceptableFile, TooManyPapers, PapersTooLarge.
    """
    case = lock_case(unit, code, version, asked=True)
    if unit.actor.kind == "citizen":
        must_may(case, "answer_verification")
    row = _question(case, verification)
    must_may(case, "answer_verification", asked=row["office"])
    if row["answered_at"] is not None:
        raise Answered()
    if not answer.strip():
        raise wrong("answer", "phải ghi nội dung trả lời", "say what the answer is")
    entry = _answer(case, row, confirmed, answer, files)
    told = _holder(case)
    if told is not None:
        _tell(case, told, "da-xac-minh", entry, {"verification": verification})
    case.forget()
    return case


def _must_be_askable(case: Case, office: str, question: str) -> None:
    asked = case.unit.catalogue.offices.get(office)
    if asked is None or not asked.valid(case.today):
        raise wrong("office", "hôm nay không có cơ quan nào mang mã này", "no office has this code today")
    if not question.strip():
        raise wrong("question", "phải ghi nội dung cần xác minh", "say what is to be verified")
    if office == case.row["holder_office"]:
        raise wrong("office", "cơ quan không tự hỏi chính mình", "the office cannot ask itself")


def _question(case: Case, verification: int) -> RowMapping:
    of_this = and_(verifications.c.dossier_id == case.id, verifications.c.id == verification, questions_seen(case))
    found = case.unit.begin().execute(select(verifications).where(of_this)).mappings().one_or_none()
    if found is None:
        raise NotFound(what=f"verification {verification}")
    return found


def _holder(case: Case) -> str | None:
    """The recipient of the answer: the person who holds the dossier, else the role at the office that must act."""
    row = case.row
    if row["holder_id"] is not None:
        return f"person:{row['holder_id']}"
    return f"office:{row['holder_office']}/{row['holder_role']}" if row["holder_office"] else None


def _attached(case: Case, documents: Sequence[int]) -> list[int]:
    """The papers that go with the question, each once. Raises InvalidInput."""
    known = {row["id"] for row in case.documents()}
    if unknown := [str(one) for one in documents if one not in known]:
        listed = ", ".join(unknown)
        raise wrong("documents", f"hồ sơ không có giấy tờ số {listed}", f"the dossier has no document {listed}")
    return sorted({*documents})


def _answer(case: Case, row: RowMapping, confirmed: bool, answer: str, files: Sequence[tuple[bytes, str]]) -> int:
    """Writes the answer with its papers; returns the number of the journal entry."""
    unit, papers = case.unit, _papers_of_answer(case, files)
    given: dict[str, Any] = {"answered_at": unit.now, "answered_by": unit.actor.person_id, "answer": answer}
    given |= {"confirmed": int(confirmed)} | ({"answered_with": papers} if papers else {})
    unit.begin().execute(update(verifications).where(verifications.c.id == row["id"]).values(given))
    case.forget()
    data: dict[str, Any] = {"verification": row["id"], "office": row["office"], "confirmed": confirmed}
    private: dict[str, Any] = {"answer": answer}
    if papers:
        data["answered_with"] = papers
        private["file_names"] = [name for _, name in files]
    return record(case, "answer_verification", data=data, private=private)


def _papers_of_answer(case: Case, files: Sequence[tuple[bytes, str]]) -> list[int]:
    """Writes the files that come with an answer as papers of the dossier; returns their ids."""
    numbers = []
    for content, name in files:
        must_have_room(case, len(content))
        number = take_paper_number(case.unit.begin())
        row = {"id": number, "dossier_id": case.id, "key": OTHER, "original": 0, "certified": 0, "copy": 0}
        stored = stored_file(case, content, name)
        case.unit.begin().execute(insert(documents), row | stored | {"added_at": case.unit.now})
        case.forget()
        numbers.append(number)
    return numbers


def _tell(case: Case, recipient: str, template: str, entry: int, data: dict[str, object]) -> None:
    facts = {"code": case.code, "procedure": case.row["procedure"], "release": case.row["release"], **data}
    facts |= {"state": case.row["state"], "entry": entry}
    occasion = f"{entry}:{template}"
    row = message_row(case, channel="inbox", recipient=recipient, template=template, occasion=occasion, data=facts)
    send(case.unit, [row])
