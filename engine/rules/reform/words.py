"""The plan of a reform in Vietnamese and English: why a dossier passes, waits for a person, or has nowhere to go."""

from __future__ import annotations

from collections.abc import Iterable

from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.routing import Map
from engine.rules.reform.plan import Candidate, Passage
from engine.rules.reform.policy import Reform
from engine.text import Text

_DESKS = {
    "intake": Text("nơi tiếp nhận và trả kết quả", "the office that receives and returns"),
    "handler": Text("cơ quan giải quyết", "the office that decides"),
    "tax": Text("cơ quan thuế", "the tax office"),
    "verification": Text("nơi được hỏi xác minh", "the office asked to verify"),
}
_NOWHERE = {
    "unknown-office": Text("không có cơ quan mã {source}", "no office has the code {source}"),
    "closed-earlier": Text(
        "{source} đã đóng từ {detail} do một lần sắp xếp trước chưa được áp dụng; hãy áp dụng lần đó trước",
        "{source} closed on {detail} by an earlier reform that was not applied; apply that one first",
    ),
    "no-policy": Text(
        "tệp cải cách không nói hồ sơ của {source} đi về đâu", "the reform does not say where dossiers of {source} go"
    ),
    "no-place": Text(
        "hồ sơ của {source} không ghi xã, phường đã biết", "the dossier at {source} names no commune that is known"
    ),
    "no-competence": Text("không xác định được thẩm quyền: {detail}", "nobody is competent: {detail}"),
    "no-office": Text(
        "không có cơ quan nào tiếp nhận việc của {source}", "there is no office to take over from {source}"
    ),
    "closes": Text("{source} đóng", "{source} closes"),
    "moved": Text("thẩm quyền rời {source}", "the competence leaves {source}"),
}


def passage_in_words(passage: Passage, reform: Reform, known: Map) -> Text:
    """One line about a desk: its old and new office with reason and legal texts, or what a person must decide."""
    policy = next((one for one in reform.policies if one.name == passage.policy), None)
    desk = _DESKS.get(passage.desk.partition(":")[0], Text(passage.desk, passage.desk))
    source = office_name(passage.source, known.offices)
    law = f" ({passage.legal})" if passage.legal else ""
    if passage.target is not None:
        target = office_name(passage.target, known.offices)
        why = policy.why if policy else Text("Thẩm quyền nay thuộc cơ quan khác", "The competence is another's now")
        return Text(
            f"{why.vi}: {desk.vi} chuyển từ {source.vi} sang {target.vi}{law}.",
            f"{why.en}: {desk.en} changes from {source.en} to {target.en}{law}.",
        )
    if passage.candidates:
        return Text(
            f"{desk.vi}: {source.vi} có nhiều nơi kế thừa, cần người chọn: {_listed(passage.candidates, known, 'vi')}",
            f"{desk.en}: {source.en} has several successors, a person chooses: "
            f"{_listed(passage.candidates, known, 'en')}",
        )
    why = _NOWHERE[passage.cause]
    return Text(
        f"{desk.vi}: {why.vi.format(source=source.vi, detail=passage.detail)}.",
        f"{desk.en}: {why.en.format(source=source.en, detail=passage.detail)}.",
    )


def office_name(code: str, offices: OfficeIndex) -> Text:
    """The name of an office, by its code; the code itself for an unknown office."""
    office = offices.get(code)
    return office.name if office is not None else Text(code, code)


def legal_of(passages: Iterable[Passage], reform: Reform) -> str:
    """The legal texts of some passages, each once; those of the reform where the passages have none."""
    texts = [text for one in passages for text in one.legal.split("; ") if text]
    return "; ".join(dict.fromkeys(texts or [one.text for one in reform.legal]))


def _listed(candidates: Iterable[Candidate], known: Map, language: str) -> str:
    return "; ".join(_candidate(one, known, language) for one in candidates)


def _candidate(one: Candidate, known: Map, language: str) -> str:
    words = office_name(one.office, known.offices).in_(language)
    notes = []
    if one.share is not None:
        notes.append(f"{float(one.share):.0%}")
    if one.is_default:
        notes.append("gợi ý, chưa chọn" if language == "vi" else "suggested, not chosen")
    return f"{words} ({', '.join(notes)})" if notes else words
