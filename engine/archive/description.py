"""What a package says about itself: the description of the dossier as JSON and XML, and the fields of ``bag-info.txt``.

The Law on Archives 33/2024 asks that an electronic dossier is handed over with the data that describe it. No list of
its fields is published in a source that we have read; those here are the usual ones of a dossier in an office's archive
(code, title, office, beginning, end, retention, language, number of documents). They stand in this file alone, so
that an archive's own list can be followed in one place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import orjson

from engine.archive.bag import Payload
from engine.clock import civil_day
from engine.dossier.case import Case
from engine.rules.part_rows import DocumentRow, PartyRow
from engine.store.imported import number_before

FORMAT = "motcua-archive-dossier-v1"
LAW = "33/2024/QH15 (Luật Lưu trữ); field names unverified"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOMENTS = ("filed_at", "received_at", "started_at", "promised_at", "finished_at", "returned_at")


def described(
    case: Case,
    papers: Sequence[tuple[DocumentRow, str]],
    forms: Sequence[Mapping[str, Any]],
    parties: Sequence[PartyRow],
    retention: str,
) -> dict[str, Any]:
    """The description of a dossier; ``papers`` are its papers with the path of each file in the package ('' for a
    paper on paper), ``forms`` what is told of its issued forms."""
    row, release = case.row, case.release
    applicant: Mapping[str, Any] = case.applicant
    return {
        "format": FORMAT,
        "law": LAW,
        "code": case.code,
        "former_code": number_before(case.unit.reader(), case.id) or "",
        "title": {"vi": release.name.vi, "en": release.name.en},
        "procedure": {"code": release.procedure, "version": release.version, "release": row["release"]},
        "state": {"key": row["state"], "vi": release.states[row["state"]].name.vi, "portal": row["portal"]},
        "channel": row["channel"],
        "offices": {key: _office(case, code) for key, code in sorted(_offices(case).items())},
        "moments": {name: _moment(case.row.get(name)) for name in _MOMENTS},
        "applicant": {"kind": row["applicant_kind"]}
        | {key: applicant[key] for key in ("name", "identity_number", "phone", "email", "address", "commune")},
        "form": applicant["form"],
        "parties": [_party(one) for one in parties],
        "documents": [_paper(case, paper, path) for paper, path in papers],
        "forms": list(forms),
        "fees": [_fee(case, fee) for fee in case.fees()],
        "entries": row["version"],
        "retention": retention,
    }


def metadata_files(told: Mapping[str, Any]) -> list[Payload]:
    """The description as JSON and, with the same names, as XML."""
    root = ElementTree.Element("dossier")
    _into(root, told)
    ElementTree.indent(root)
    xml = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return [
        Payload("metadata/dossier.json", orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)),
        Payload("metadata/dossier.xml", xml + b"\n"),
    ]


def bag_info(case: Case, told: Mapping[str, Any], sheet: str) -> list[tuple[str, str]]:
    """The fields of ``bag-info.txt``. Names of RFC 8493 first; then those that an archive in Viet Nam asks for.

    They hold no personal data: a list of packages shows them.
    """
    moments, office = told["moments"], told["offices"]["handler"]
    return [
        ("Source-Organization", office["name"]),
        ("External-Identifier", case.code),
        ("External-Description", told["title"]["vi"]),
        ("Internal-Sender-Identifier", told["former_code"] or case.code),
        ("Bagging-Date", civil_day(case.unit.now).isoformat()),
        ("Bag-Software-Agent", "Một Cửa (motcua)"),
        ("BagIt-Profile-Note", "journal/ is checked offline by motcua_verify.py"),
        ("Archive-Law", LAW),
        ("Archive-Dossier-Code", case.code),
        ("Archive-Title", told["title"]["vi"]),
        ("Archive-Procedure", told["procedure"]["code"]),
        ("Archive-Office", f"{office['code']} {office['name']}"),
        ("Archive-Start", moments["filed_at"] or ""),
        ("Archive-End", moments["finished_at"] or ""),
        ("Archive-Retention", told["retention"]),
        ("Archive-Language", "vie"),
        ("Archive-Documents", str(len(told["documents"]))),
        ("Archive-Sealed-Forms", str(sum(one["seal"] == "sealed" for one in told["forms"]))),
        ("Archive-Journal-Entries", str(told["entries"])),
        ("Archive-Control-Sheet", sheet),
    ]


def _offices(case: Case) -> dict[str, str]:
    return {**case.row["offices"], "intake": case.row["intake_office"], "handler": case.row["handler_office"]}


def _office(case: Case, code: str) -> dict[str, str]:
    found = case.unit.catalogue.offices.get(code)
    return {"code": code, "name": found.name.vi if found else "", "identifier": found.identifier if found else ""}


def _moment(value: object) -> str | None:
    return value.isoformat() if isinstance(value, dt.datetime) else None


def _party(one: PartyRow) -> dict[str, Any]:
    told = {key: one[key] for key in ("kind", "name", "identity_number", "phone", "address", "authority", "tracking")}
    return told | {"since": _moment(one["since"]), "until": _moment(one["until"])}


def _paper(case: Case, paper: DocumentRow, path: str) -> dict[str, Any]:
    wanted = case.release.documents.get(paper["key"])
    names = ("key", "original", "certified", "copy", "file_name", "media_type", "size", "sha256", "reused_from")
    columns: Mapping[str, Any] = paper
    told: dict[str, Any] = {name: columns[name] for name in names} | {"signature": paper["signature"]}
    told |= {"title": wanted.name.vi if wanted else "", "path": path, "id": paper["id"]}
    return told | {"added_at": _moment(paper["added_at"]), "result": paper["key"] in case.workflow.results.bringing}


def _fee(case: Case, fee: Mapping[str, Any]) -> dict[str, Any]:
    known = case.release.fees.get(fee["key"])
    told = {key: fee[key] for key in ("key", "vnd", "method", "receipt")}
    return told | {"title": known.name.vi if known else "", "settled_at": _moment(fee["settled_at"])}


def _into(parent: ElementTree.Element, value: Mapping[str, Any]) -> None:
    for key, one in value.items():
        for item in one if isinstance(one, list) else [one]:
            child = ElementTree.SubElement(parent, "value" if not _is_name(key) else key)
            if not _is_name(key):
                child.set("key", _text(key))
            if isinstance(item, Mapping):
                _into(child, item)
            elif item is not None:
                child.text = _text(item)


def _is_name(key: str) -> bool:
    return key.isascii() and key.replace("_", "").isalnum() and not key[:1].isdigit()


def _text(value: object) -> str:
    """A value as text that XML 1.0 can hold."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return _NO_XML.sub("", text)
