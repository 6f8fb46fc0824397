"""Explains to a clerk, in both languages, why an action is not possible yet: the unmet parts of its condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.rules.procedure.conditions import Condition, Part
from engine.rules.procedure.definition import Release
from engine.rules.procedure.facts import BUILT_IN, fact
from engine.text import Text

_NAMES = {
    "applicant.kind": Text("loại người nộp", "kind of applicant"),
    "applicant.commune": Text("xã của người nộp", "applicant's commune"),
    "applicant.province": Text("tỉnh của người nộp", "applicant's province"),
    "applicant.verified": Text("danh tính người nộp đã xác thực", "applicant's identity verified"),
    "dossier.channel": Text("cách nộp", "channel"),
    "dossier.supplements": Text("số lần bổ sung", "number of supplements"),
    "dossier.extended": Text("đã gia hạn", "extended"),
    "dossier.province": Text("tỉnh tiếp nhận", "province of receipt"),
    "dossier.received_after_cutoff": Text("tiếp nhận sau giờ chốt", "received after the cut-off"),
    "dossier.filed_on": Text("ngày nộp hồ sơ", "day of filing"),
    "documents.complete": Text("giấy tờ đầy đủ", "documents complete"),
    "documents.missing": Text("giấy tờ còn thiếu", "missing documents"),
    "fees.settled": Text("đã nộp đủ phí, lệ phí", "fees settled"),
    "fees.total": Text("tổng phí, lệ phí", "total of fees"),
    "fees.due": Text("phí, lệ phí còn phải nộp", "fees still due"),
    "children.count": Text("số hồ sơ liên thông", "number of linked dossiers"),
    "children.finished": Text("hồ sơ liên thông đã xong", "linked dossiers finished"),
    "children.missing": Text("hồ sơ liên thông còn đang giải quyết", "linked dossiers that still run"),
    "children.failed": Text(
        "hồ sơ liên thông kết thúc không có kết quả", "linked dossiers that ended without a result"
    ),
    "verifications.open": Text("xác minh chưa có trả lời", "verifications without an answer"),
}


def lacking(release: Release, condition: Condition, facts: Mapping[str, Any]) -> Text:
    """The unmet parts of ``condition`` on nested ``facts``, for example "còn thiếu giấy tờ: Giấy chứng sinh"."""
    said = [_of_part(release, part, facts) for part in condition.failing(facts)]
    return Text("; ".join(text.vi for text in said), "; ".join(text.en for text in said))


def name_of_fact(release: Release, name: str) -> Text:
    """The name of a fact for people: the name of its field, or of the built-in fact."""
    return release.fields[name].name if name in release.fields else _NAMES[name]


def _of_part(release: Release, part: Part, facts: Mapping[str, Any]) -> Text:
    source = part.source.strip("() ")
    if source == "documents.complete":
        return _documents(release, facts)
    if source == "fees.settled":
        return _fees(facts)
    if source == "children.finished":
        return _children(release, facts)
    if part.names == ("verifications.open",):
        count = fact(facts, "verifications.open", BUILT_IN["verifications.open"])
        return Text(f"còn {count} xác minh chưa có trả lời", f"{count} verifications have no answer yet")
    if part.names == (source,):  # a boolean fact on its own
        name = name_of_fact(release, source)
        return Text(f"chưa có: {name.vi}", f"not yet: {name.en}")
    names = [name_of_fact(release, name) for name in part.names]
    vi, en = ", ".join(name.vi for name in names), ", ".join(name.en for name in names)
    return Text(f"chưa thoả điều kiện về {vi} ({part.source})", f"the condition on {en} does not hold ({part.source})")


def _documents(release: Release, facts: Mapping[str, Any]) -> Text:
    missing = fact(facts, "documents.missing", BUILT_IN["documents.missing"])
    names = [
        release.documents[key].name if key in release.documents else Text(key, key)
        for key in (missing if isinstance(missing, list) else [])
    ]
    if not names:
        return Text("giấy tờ chưa được xác nhận là đủ", "the documents are not marked complete")
    vi, en = "; ".join(name.vi for name in names), "; ".join(name.en for name in names)
    return Text(f"còn thiếu giấy tờ: {vi}", f"documents are missing: {en}")


def _children(release: Release, facts: Mapping[str, Any]) -> Text:
    """Which linked dossiers have no result yet, and which never will."""
    said = []
    for name, vi, en in (
        ("children.missing", "hồ sơ liên thông chưa xong", "linked dossiers are not finished"),
        (
            "children.failed",
            "hồ sơ liên thông đã kết thúc mà không có kết quả",
            "linked dossiers ended without a result",
        ),
    ):
        keys = fact(facts, name, BUILT_IN[name])
        known = [
            release.children[key].name if key in release.children else Text(key, key)
            for key in (keys if isinstance(keys, list) else [])
        ]
        if known:
            said.append(
                Text(f"{vi}: {', '.join(one.vi for one in known)}", f"{en}: {', '.join(one.en for one in known)}")
            )
    if not said:
        return Text("hồ sơ liên thông chưa xong", "linked dossiers are not finished")
    return Text("; ".join(one.vi for one in said), "; ".join(one.en for one in said))


def _fees(facts: Mapping[str, Any]) -> Text:
    due = fact(facts, "fees.due", BUILT_IN["fees.due"])
    if not due:
        return Text("chưa nộp đủ phí, lệ phí", "the fees are not settled")
    vi, en = f"{due:,}".replace(",", "."), f"{due:,}"
    return Text(f"chưa nộp đủ phí, lệ phí (còn {vi} đồng)", f"the fees are not settled ({en} đồng due)")
