#!/usr/bin/env python3
"""Verifies the journal of a Một Cửa installation, on any machine, without that installation and without its programs.

    python motcua_verify.py export FOLDER --published checkpoint-00000012.json [--key HEX]
    python motcua_verify.py entry PROOF.json --published checkpoint-00000012.json
    python motcua_verify.py growth PROOF.json --published checkpoint-00000012.json
    python motcua_verify.py bag FOLDER --published checkpoint-00000012.json

``export`` checks what ``motcua journal export`` wrote: every entry, its chain, the Merkle tree (RFC 9162) and every
signed checkpoint (Ed25519), and that it contains each checkpoint you kept from earlier unchanged; the read log with its
seals in the same way; and that the numbers of entries and reads agree. A folder of kept files may hold checkpoints
(``checkpoint-*.json``) and seals (``reads-*.json``). Without such a
checkpoint or a key known from elsewhere, a journal rewritten and signed again from its beginning would pass.
``entry`` and ``growth`` check the proofs that ``motcua journal prove`` and ``prove-growth`` print.
``bag`` checks a package of the archive: every file against its manifests and against the metadata that name it, the
dossier's whole chain, the proof of each entry, the private parts against what the entries promise of them, and that the
metadata tell of every form that the journal says was issued (packages of before tell of no form).

Exit code: 0 nothing wrong, 1 something is wrong, 2 it could not be checked. Needs Python 3.9 and ``cryptography``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "motcua-checkpoint-v1"
SEAL_FORMAT = "motcua-read-seal-v1"
COUNTS_FORMAT = "motcua-counts-v1"
SEAL_FILE = "reads-"
ORIGIN = "0" * 64
MOST = 20  # findings reported for entries; one change causes many

HASH = re.compile(r"[0-9a-f]{64}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FIELDS = {"at", "format", "key", "log", "next", "number", "previous", "root", "size"}
ENTRY_FIELDS = {"act", "actor", "at", "changes", "code", "data", "number", "previous", "private"}
SEAL_FIELDS = {"at", "checkpoint", "format", "key", "number", "previous", "root", "size"}
READ_FIELDS = {"actor", "at", "code", "id", "private", "what"}
COUNT_FIELDS = {"entries", "format", "in_runs", "reads", "sealed_reads", "signed", "waiting"}
START, MIDDLE, END = b'{"body":', b',"hash":"', b'"}\n'
TAIL = len(MIDDLE) + 64 + len(END)


class Finding(NamedTuple):
    """A fault: its place and its description."""

    where: str
    what: str


class Wrong(ValueError):
    """The input has another form or content than expected."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint with checked form and signature; ``line`` is its text without line break."""

    line: bytes
    number: int
    at: str
    size: int
    root: str
    previous: str
    log: str
    key: str
    next: str


@dataclass(frozen=True)
class Seal:
    """A seal of the read log with checked form and signature; ``line`` is its text without line break."""

    line: bytes
    number: int
    at: str
    size: int
    root: str
    previous: str
    checkpoint: int
    key: str


@dataclass
class Report:
    """The findings and notes, and the numbers of checked entries, dossiers, checkpoints, reads and seals."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    entries: int = 0
    dossiers: int = 0
    checkpoints: list[Checkpoint] = field(default_factory=list)
    reads: int = 0
    seals: list[Seal] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        self.findings.append(Finding(where, what))


def verify_export(
    entries: Iterable[bytes],
    checkpoints: Iterable[bytes],
    published: Iterable[tuple[str, bytes]] = (),
    keys: Collection[str] = (),
) -> Report:
    """Checks the lines (with their line breaks) of an export against each other, against checkpoints kept from
    earlier as (name, content), and against public keys (hexadecimal) known from elsewhere.

    Memory: some 250 bytes a dossier, for the ends of their chains.
    """
    report = Report()
    _check_checkpoints(checkpoints, keys, report)
    if not report.findings:
        _check_entries(entries, report)
    kept = _check_published(published, report)
    if not report.findings and not kept and not keys:
        report.notes.append(
            "no checkpoint kept from earlier and no key was given: a journal signed anew from its beginning would pass"
        )
    return report


def verify_reads(
    report: Report, reads: Iterable[bytes], seals: Iterable[bytes], published: Iterable[tuple[str, bytes]] = ()
) -> None:
    """Adds to the report of an export what its read log shows: every read, the tree, and every seal.

    A seal must be signed by a key that the export's checkpoints name. ``published`` are seals kept from earlier.
    """
    keys = {key for one in report.checkpoints for key in (one.key, one.next)}
    for number, line in enumerate(seals, 1):
        try:
            seal = read_seal(_whole(line))
            _must_follow(seal, number, report, keys)
        except Wrong as error:
            report.add(f"read seal {number}", str(error))
            return
        report.seals.append(seal)
    _check_reads(reads, report)
    for name, content in published:
        try:
            kept = read_seal(_whole(content))
        except Wrong as error:
            report.add(name, f"{error} (the kept file itself)")
            continue
        if kept.number > len(report.seals):
            report.add(name, f"the read log ends before seal {kept.number}: cut off, or put back to an earlier state")
        elif report.seals[kept.number - 1].line != kept.line:
            report.add(name, f"the read log has another seal {kept.number}: it was rewritten")


def read_seal(text: bytes) -> Seal:
    """The seal in ``text``, byte for byte as it was written, with a good signature. Raises Wrong."""
    try:
        document = json.loads(text)
        body, signature = document["seal"], bytes.fromhex(document["signature"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Wrong("it is not a seal") from error
    if not isinstance(body, dict) or body.keys() != SEAL_FIELDS or body["format"] != SEAL_FORMAT:
        raise Wrong("it is not a seal of a kind known here")
    for name, form in (("root", HASH), ("previous", HASH), ("key", HASH), ("at", MOMENT)):
        if not isinstance(body[name], str) or not form.fullmatch(body[name]):
            raise Wrong(f"{name} has another form")
    if any(type(body[name]) is not int or body[name] < 1 for name in ("number", "size", "checkpoint")):
        raise Wrong("its number, size or checkpoint has another form")
    if _canonical({"seal": body, "signature": signature.hex()}) != text:
        raise Wrong("it is not written as it was signed")
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["key"]))
        key.verify(signature, SEAL_FORMAT.encode() + b"\n" + _canonical(body))
    except (InvalidSignature, ValueError) as error:
        raise Wrong("its signature does not hold") from error
    return Seal(text, **{name: body[name] for name in SEAL_FIELDS - {"format"}})


def verify_counts(report: Report, counts: Any) -> None:
    """Compares the numbers that an export tells with each other and with its lines."""
    known = isinstance(counts, dict) and counts.keys() == COUNT_FIELDS and counts["format"] == COUNTS_FORMAT
    if not known or any(type(counts[name]) is not int for name in COUNT_FIELDS - {"format"}):
        report.add("counts", "they have another form")
        return
    if counts["entries"] != counts["in_runs"] + counts["waiting"]:
        what = f"{counts['entries']} entries, {counts['in_runs']} in the tree and {counts['waiting']} waiting"
        report.add("counts", f"entries are hidden from the checkpoints, or gone: {what}")
    if counts["in_runs"] != counts["signed"]:
        report.add("counts", f"{counts['in_runs']} entries are in the tree and {counts['signed']} were signed")
    if report.checkpoints and counts["signed"] < report.checkpoints[-1].size:
        report.add("counts", f"only {counts['signed']} entries were signed, the last checkpoint says otherwise")
    if counts["sealed_reads"] > counts["reads"] or counts["sealed_reads"] != (report.seals or [NONE])[-1].size:
        report.add("counts", "the numbers of reads do not agree with the seals")


def read_checkpoint(text: bytes) -> Checkpoint:
    """The checkpoint in ``text``, byte for byte as it was written, with a good signature. Raises Wrong."""
    try:
        document = json.loads(text)
        body, signature = document["checkpoint"], bytes.fromhex(document["signature"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Wrong("it is not a checkpoint") from error
    if not isinstance(body, dict) or body.keys() != FIELDS or body["format"] != FORMAT:
        raise Wrong("it is not a checkpoint of a kind known here")
    for name, form in (("root", HASH), ("previous", HASH), ("key", HASH), ("next", HASH), ("at", MOMENT)):
        if not isinstance(body[name], str) or not form.fullmatch(body[name]):
            raise Wrong(f"{name} has another form")
    if type(body["number"]) is not int or type(body["size"]) is not int or body["number"] < 1 or body["size"] < 0:
        raise Wrong("its number or size has another form")
    if _canonical({"checkpoint": body, "signature": signature.hex()}) != text:
        raise Wrong("it is not written as it was signed")
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["key"]))
        key.verify(signature, FORMAT.encode() + b"\n" + _canonical(body))
    except (InvalidSignature, ValueError) as error:
        raise Wrong("its signature does not hold") from error
    return Checkpoint(text, **{name: body[name] for name in FIELDS - {"format"}})


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which an audit path leads from the hash of a leaf (RFC 9162, 2.1.3.2). Raises Wrong."""
    if len(leaf) != 32:
        raise Wrong("the leaf is not a hash")
    if not 0 <= index < size:
        raise Wrong("the leaf lies outside the tree")
    node, at, last = leaf, index, size - 1
    for step in path:
        if last == 0:
            raise Wrong("the path is too long")
        if at & 1 or at == last:
            node = _node(step, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = _node(node, step)
        at, last = at >> 1, last >> 1
    if last:
        raise Wrong("the path is too short")
    return node


def growth_holds(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of ``old`` leaves is the beginning of that of ``new`` leaves (RFC 9162, 2.1.4.2)."""
    if old == 0 and old_root != hashlib.sha256(b"").digest():
        return False
    if old == new or old == 0:
        return not path and (old_root == new_root or old != new)
    if not 0 < old < new or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = _node(step, before), _node(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = _node(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def verify_entry(proof: Any, published: Iterable[tuple[str, bytes]] = (), keys: Collection[str] = ()) -> Report:
    """Checks a proof that an entry is in the journal."""
    report = Report()
    try:
        body = proof["entry"].encode()
        report.checkpoints.append(signed := read_checkpoint(_canonical(proof["checkpoint"])))
        path = [_hash(node) for node in proof["path"]]
        root = root_of_path(_leaf(hashlib.sha256(body).digest()), _number(proof["leaf"]), signed.size, path)
        if root.hex() != signed.root:
            raise Wrong("the path does not lead to the root that was signed")
        report.entries = 1
    except (Wrong, KeyError, TypeError, AttributeError, UnicodeError) as error:
        report.add("proof", _why(error))
    _anchor(report, published, keys)
    return report


def verify_growth(proof: Any, published: Iterable[tuple[str, bytes]] = (), keys: Collection[str] = ()) -> Report:
    """Checks a proof that one checkpoint is the beginning of another."""
    report = Report()
    try:
        old, new = (read_checkpoint(_canonical(proof[name])) for name in ("old", "new"))
        report.checkpoints += [old, new]
        roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
        path = [_hash(node) for node in proof["path"]]
        if old.log != new.log or not growth_holds(old.size, roots[0], new.size, roots[1], path):
            raise Wrong("the old checkpoint is not the beginning of the new one")
    except (Wrong, KeyError, TypeError, AttributeError) as error:
        report.add("proof", _why(error))
    _anchor(report, published, keys)
    return report


def verify_bag(folder: Path, published: Iterable[tuple[str, bytes]] = (), keys: Collection[str] = ()) -> Report:
    """Checks a package of the archive (BagIt): its files, its dossier's chain, each proof, and the private parts."""
    report, kept = Report(), list(published)
    named = _check_manifest(folder, "tagmanifest-sha256.txt", report) | {"tagmanifest-sha256.txt"}
    named |= _check_manifest(folder, "manifest-sha256.txt", report)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).as_posix() not in named:
            report.add(path.relative_to(folder).as_posix(), "no manifest names this file")
    inside = folder / "data" / "journal"
    entries, proofs = (_lines_of(inside / f"{name}.jsonl") for name in ("entries", "proofs"))
    heads: dict[str, tuple[int, bytes]] = {}
    promised: dict[int, str | None] = {}
    for number, line in enumerate(entries, 1):
        try:
            _entry(line, heads)
            promised[number] = json.loads(line)["body"]["private"]
            proof = json.loads(proofs[number - 1])
            if proof["entry"].encode() != line[len(START) : -TAIL]:
                raise Wrong("its proof is about another entry")
        except (Wrong, ValueError, LookupError, TypeError, AttributeError) as error:
            report.add(f"entry {number}", str(error) if isinstance(error, Wrong) else "its proof is missing")
            continue
        one = verify_entry(proof, kept, keys)
        report.findings += [Finding(f"entry {number}", finding.what) for finding in one.findings]
        report.checkpoints, report.notes = one.checkpoints or report.checkpoints, one.notes
    report.entries, report.dossiers = len(entries), len(heads)
    if not entries or len(heads) > 1 or len(proofs) != len(entries):
        report.add("journal", "it is not the journal of one dossier with a proof for each entry")
    _check_private(_lines_of(inside / "private.jsonl"), promised, report)
    _check_told(folder / "data", entries, report)
    return report


def _lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def _check_manifest(folder: Path, name: str, report: Report) -> set[str]:
    """Compares the files that a manifest names; returns their paths."""
    named: set[str] = set()
    for line in (folder / name).read_text(encoding="utf-8").splitlines():
        digest, _, path = line.partition("  ")
        named.add(path)
        place = folder / path
        if ".." in Path(path).parts or Path(path).is_absolute():
            report.add(name, f"{path} lies outside")
        elif not place.is_file() or place.is_symlink():
            report.add(path, "the file is missing")
        elif hashlib.sha256(place.read_bytes()).hexdigest() != digest:
            report.add(path, "the file is not the one that was packed")
    return named


def _check_told(data: Path, entries: Iterable[bytes], report: Report) -> None:
    """Compares the files of papers and sealed forms with the metadata that name them, the forms with the journal."""
    try:
        told = json.loads((data / "metadata" / "dossier.json").read_bytes())
        papers, forms = told["documents"], told.get("forms")
        for one in [*papers, *(forms or ())]:
            if one["path"]:
                _check_named(data, one["path"], one["sha256"], report)
        listed = None if forms is None else sorted(one["entry"] for one in forms)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        report.add("metadata/dossier.json", "it is missing or cannot be read")
        return
    if listed is not None and listed != _issues_in(entries):
        report.add("metadata/dossier.json", "the forms in it are not those that the journal says were issued")


def _check_named(data: Path, path: str, digest: Any, report: Report) -> None:
    place = data / path
    if ".." in Path(path).parts or Path(path).is_absolute():
        report.add("metadata/dossier.json", f"{path} lies outside")
    elif not place.is_file() or place.is_symlink():
        report.add(f"data/{path}", "the metadata name this file, and it is missing")
    elif hashlib.sha256(place.read_bytes()).hexdigest() != digest:
        report.add(f"data/{path}", "the file is not the one that the metadata name")


def _issues_in(entries: Iterable[bytes]) -> list[int]:
    """The numbers of the entries that issued a form; lines that cannot be read are told elsewhere."""
    found: list[int] = []
    for line in entries:
        try:
            body = json.loads(line)["body"]
            if body["act"] == "issue_form":
                found.append(body["number"])
        except (ValueError, LookupError, TypeError):
            continue
    return sorted(found)


def _check_private(lines: Iterable[bytes], promised: dict[int, str | None], report: Report) -> None:
    known: set[int] = set()
    for line in lines:
        try:
            told = json.loads(line)
            number, salt, data = told["number"], bytes.fromhex(told["salt"]), _canonical(told["data"])
            known.add(number)
            if hashlib.sha256(salt + data).hexdigest() != promised.get(number):
                report.add(f"entry {number}", "its private part is not the one that was promised")
        except (ValueError, KeyError, TypeError, AttributeError):
            report.add("private parts", "a line cannot be read")
    missing = sorted(number for number, promise in promised.items() if promise is not None and number not in known)
    if missing:
        report.notes.append(f"the private parts of entries {', '.join(map(str, missing))} were erased before packing")


NONE = Seal(b"", 0, "", 0, "", ORIGIN, 0, "")
"""What stands before the first seal."""


def _must_follow(seal: Seal, number: int, report: Report, keys: Collection[str]) -> None:
    before = (report.seals or [NONE])[-1]
    if seal.number != number:
        raise Wrong(f"it says that it is number {seal.number}")
    if seal.previous != (hashlib.sha256(before.line).hexdigest() if before.line else ORIGIN):
        raise Wrong("it does not follow the seal before it")
    if seal.size < before.size or seal.at < before.at or seal.checkpoint < before.checkpoint:
        raise Wrong("it goes back behind the seal before it")
    if report.checkpoints and seal.key not in keys:
        raise Wrong(f"it is signed by a key that no checkpoint names: {seal.key}")


def _check_reads(lines: Iterable[bytes], report: Report) -> None:
    nodes: list[bytes] = []
    waiting = list(reversed(report.seals))
    wanted = waiting[0].size if waiting else 0
    following = iter(lines)
    for line in islice(following, wanted):
        try:
            digest = _hashed(line, READ_FIELDS)[0]
        except Wrong as error:
            report.add(f"read on line {report.reads + 1}", str(error))
            digest = hashlib.sha256(line).digest()
        _grow(nodes, report.reads, _leaf(digest))
        report.reads += 1
        while waiting and waiting[-1].size == report.reads:
            seal = waiting.pop()
            if _root(nodes).hex() != seal.root:
                report.add(f"read seal {seal.number}", f"the first {seal.size} reads are not those it signed")
        if len(report.findings) >= MOST:
            return
    if report.reads < wanted:
        report.add("reads", f"there are {report.reads} of {wanted}")
    elif next(following, None) is not None:
        report.add("reads", f"there are more than {wanted}")


def _check_checkpoints(lines: Iterable[bytes], keys: Collection[str], report: Report) -> None:
    before: Checkpoint | None = None
    for number, line in enumerate(lines, 1):
        try:
            this = _next_checkpoint(_whole(line), number, before, keys)
        except Wrong as error:
            report.add(f"checkpoint {number}", str(error))
            return
        report.checkpoints.append(this)
        before = this
    if before is None:
        report.add("checkpoints", "there is none")
    elif keys and not any(one.key in keys for one in report.checkpoints):
        report.add("checkpoints", "none is signed by a key that was given")


def _next_checkpoint(line: bytes, number: int, before: Checkpoint | None, keys: Collection[str]) -> Checkpoint:
    this = read_checkpoint(line)
    if this.number != number:
        raise Wrong(f"it says that it is number {this.number}")
    if before is None:
        if this.previous != ORIGIN or this.log != hashlib.sha256(bytes.fromhex(this.key)).hexdigest()[:32]:
            raise Wrong("it is not the beginning of a journal")
        return this
    if this.previous != hashlib.sha256(before.line).hexdigest():
        raise Wrong("it does not follow the checkpoint before it")
    if this.log != before.log or this.size < before.size or this.at < before.at:
        raise Wrong("it goes back behind the checkpoint before it")
    if this.key != before.next and this.key not in keys:
        raise Wrong(f"it is signed by a key that the checkpoint before it does not announce: {this.key}")
    return this


def _check_entries(lines: Iterable[bytes], report: Report) -> None:
    """Grows the tree leaf by leaf and compares it with each checkpoint as it passes."""
    heads: dict[str, tuple[int, bytes]] = {}
    nodes: list[bytes] = []
    waiting = list(reversed(report.checkpoints))
    size, wanted = 0, waiting[0].size
    _compare(nodes, size, waiting, report)
    following = iter(lines)
    for line in islice(following, wanted):
        try:
            digest = _entry(line, heads)
        except Wrong as error:
            report.add(f"entry on line {size + 1}", str(error))
            digest = hashlib.sha256(line).digest()
        _grow(nodes, size, _leaf(digest))
        size += 1
        _compare(nodes, size, waiting, report)
        if len(report.findings) >= MOST:
            break
    if len(report.findings) < MOST and size < wanted:
        report.add("entries", f"there are {size} of {wanted}")
    if size == wanted and next(following, None) is not None:
        report.add("entries", f"there are more than {wanted}")
    report.entries, report.dossiers = size, len(heads)


def _entry(line: bytes, heads: dict[str, tuple[int, bytes]]) -> bytes:
    """The hash of an entry that continues its dossier's chain. Raises Wrong."""
    digest, body = _hashed(line, ENTRY_FIELDS)
    number, head = heads.get(body["code"], (0, bytes(32)))
    heads[body["code"]] = number + 1, digest
    if type(body["number"]) is not int or body["number"] != number + 1 or body["previous"] != head.hex():
        raise Wrong(f"it does not follow entry {number} of dossier {body['code']}")
    return digest


def _hashed(line: bytes, fields: Collection[str]) -> tuple[bytes, Any]:
    """The hash and the content of a line with exactly these fields. Raises Wrong."""
    if not line.startswith(START) or line[-TAIL : -TAIL + len(MIDDLE)] != MIDDLE or not line.endswith(END):
        raise Wrong("it is not a line of this kind")
    text = line[len(START) : -TAIL]
    digest = hashlib.sha256(text).digest()
    if digest.hex().encode() != line[-TAIL + len(MIDDLE) : -len(END)]:
        raise Wrong("its content does not match its hash")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Wrong("its content cannot be read") from error
    if not isinstance(body, dict) or body.keys() != fields or not isinstance(body["code"], str):
        raise Wrong("its content has another form")
    return digest, body


def _compare(nodes: list[bytes], size: int, waiting: list[Checkpoint], report: Report) -> None:
    while waiting and waiting[-1].size == size:
        signed = waiting.pop()
        if _root(nodes).hex() != signed.root:
            report.add(f"checkpoint {signed.number}", f"the first {size} entries are not those it signed")


def _check_published(published: Iterable[tuple[str, bytes]], report: Report) -> int:
    """Checks that the export contains every checkpoint kept from earlier, unchanged; returns how many there are."""
    kept = 0
    for name, content in published:
        if name.startswith(SEAL_FILE):
            continue  # a seal of the read log, which ``verify_reads`` checks
        kept += 1
        try:
            this = read_checkpoint(_whole(content))
        except Wrong as error:
            report.add(name, f"{error} (the kept file itself)")
            continue
        if this.number > len(report.checkpoints):
            report.add(
                name, f"the export ends before checkpoint {this.number}: cut off, or put back to an earlier state"
            )
        elif report.checkpoints[this.number - 1].line != this.line:
            report.add(name, f"the export has another checkpoint {this.number}: the journal was rewritten")
    return kept


def _anchor(report: Report, published: Iterable[tuple[str, bytes]], keys: Collection[str]) -> None:
    """Checks the checkpoint of a proof, without which it proves nothing: one kept from earlier, or of a known key."""
    kept = [(name, content) for name, content in published]
    lines = {content.rstrip(b"\n") for _, content in kept}
    if report.findings:
        return
    if keys and not all(one.key in keys for one in report.checkpoints):
        report.add("proof", "it is signed by another key than those given")
    if kept and not any(one.line in lines for one in report.checkpoints):
        report.add("proof", "none of the checkpoints that were given is in it")
    if not keys and not kept:
        report.notes.append("no checkpoint kept from earlier and no key was given: anybody could have signed this")


def _grow(nodes: list[bytes], size: int, node: bytes) -> None:
    while size & 1:
        node = _node(nodes.pop(), node)
        size >>= 1
    nodes.append(node)


def _root(nodes: Sequence[bytes]) -> bytes:
    if not nodes:
        return hashlib.sha256(b"").digest()
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = _node(node, root)
    return root


def _leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _whole(line: bytes) -> bytes:
    if not line.endswith(b"\n"):
        raise Wrong("its line does not end")
    return line[:-1]


def _hash(text: Any) -> bytes:
    if not isinstance(text, str) or not HASH.fullmatch(text):
        raise Wrong("its path is not made of hashes")
    return bytes.fromhex(text)


def _number(value: Any) -> int:
    if type(value) is not int:
        raise Wrong("its leaf is not a number")
    return value


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, Wrong) else "it is not a proof of this kind"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["export", "entry", "growth", "bag"])
    parser.add_argument("path", type=Path, help="the folder of the export or package, or the file of the proof")
    parser.add_argument("--published", type=Path, action="append", default=[], metavar="PATH",
                        help="a checkpoint kept from earlier, or a folder of them; may be repeated")  # fmt: skip
    parser.add_argument("--key", action="append", default=[], help="a public key known from elsewhere (64 hex digits)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    told = parser.parse_args(arguments)
    try:
        published = [(path.name, path.read_bytes()) for path in _files(told.published)]
        if told.what == "export":
            with (
                (told.path / "entries.jsonl").open("rb") as entries,
                (told.path / "checkpoints.jsonl").open("rb") as log,
            ):
                report = verify_export(entries, log, published, told.key)
            _verify_beside(report, told.path, told.published)
        elif told.what == "bag":
            report = verify_bag(told.path, published, told.key)
        else:
            proof = json.loads(told.path.read_bytes())
            report = (verify_entry if told.what == "entry" else verify_growth)(proof, published, told.key)
    except (OSError, ValueError) as error:
        print(f"It could not be checked: {error}", file=sys.stderr)
        return 2
    _tell(report, told.json)
    return 1 if report.findings else 0


def _verify_beside(report: Report, folder: Path, kept: Iterable[Path]) -> None:
    """Checks what lies beside the entries: the read log and the counts. Exports of earlier versions lack them."""
    reads, seals, counts = (folder / name for name in ("reads.jsonl", "read-seals.jsonl", "counts.json"))
    published = [(one.name, one.read_bytes()) for path in kept for one in _seals_in(path)]
    if reads.exists() and seals.exists():
        with reads.open("rb") as lines, seals.open("rb") as log:
            verify_reads(report, lines, log, published)
    elif published:
        report.add("reads", "the export has no read log, and seals of one were kept")
    if counts.exists():
        try:
            verify_counts(report, json.loads(counts.read_bytes()))
        except ValueError:
            report.add("counts", "they cannot be read")
    else:
        report.notes.append(
            "the export does not say how many entries there are: some may be hidden from the checkpoints"
        )


def _seals_in(path: Path) -> list[Path]:
    return (
        sorted(path.glob(f"{SEAL_FILE}*.json")) if path.is_dir() else [path] if path.name.startswith(SEAL_FILE) else []
    )


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("checkpoint-*.json")) if path.is_dir() else [] if _seals_in(path) else [path]
        if not inside and not _seals_in(path):
            raise OSError(f"there is no checkpoint in {path}")
        found += inside
    return found


def _tell(report: Report, as_json: bool) -> None:
    last = report.checkpoints[-1] if report.checkpoints else None
    if as_json:
        document = {
            "valid": not report.findings,
            "entries": report.entries,
            "dossiers": report.dossiers,
            "checkpoints": len(report.checkpoints),
            "reads": report.reads,
            "seals": len(report.seals),
            "last": json.loads(last.line) if last else None,
            "findings": [one._asdict() for one in report.findings],
            "notes": report.notes,
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for where, what in report.findings:
        print(f"{where}: {what}")
    for note in report.notes:
        print(f"note: {note}")
    print(f"{report.entries} entries of {report.dossiers} dossiers, {len(report.checkpoints)} checkpoints.")
    print(f"{report.reads} reads of personal data, {len(report.seals)} seals.")
    if last:
        print(f"Last checkpoint: {last.number} of {last.at}, {last.size} entries, root {last.root}, key {last.key}")
    print("SOMETHING IS WRONG." if report.findings else "Nothing is wrong.")


if __name__ == "__main__":
    sys.exit(main())
