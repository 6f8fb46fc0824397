"""10,000 random tamperings with small exports, all found by the stand-alone verifier."""

from __future__ import annotations

import io
import random
from collections import Counter

import orjson
import pytest

from engine.rules.journal.entries import canonical
from tests.unit.journal_samples import Log, key, public, sample_log
from tests.unit.tamperings import TAMPERINGS, Files, files, put_back_to_an_earlier_state
from verifier.motcua_verify import Report, verify_export

PARTS, EACH = 4, 2_500


def verify(told: Files, log: Log, *kept: int, keys: tuple[str, ...] = ()) -> Report:
    """``kept``: the numbers of the checkpoints that the auditor has from earlier."""
    published = [(f"checkpoint {number}", log.checkpoint_lines[number - 1]) for number in kept]
    return verify_export(io.BytesIO(told[0]), io.BytesIO(told[1]), published, keys)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_tampering_is_found_by_who_kept_the_last_checkpoint(part: int) -> None:
    rng = random.Random(766_000 + part)
    done: Counter[str] = Counter()
    while done.total() < EACH:
        log = sample_log(rng)
        honest = files(log.entry_lines, log.checkpoint_lines)
        assert verify(honest, log, len(log.sizes)).findings == []
        for tamper in TAMPERINGS:
            told = tamper(log, rng)
            if told == honest:  # such as two equal acts that changed places
                continue
            report = verify(told, log, len(log.sizes))
            assert report.findings, f"{tamper.__name__} was not found: {told!r}"
            done[tamper.__name__] += 1
    assert len(done) == len(TAMPERINGS)
    assert min(done.values()) > EACH / len(TAMPERINGS) / 2


def test_an_earlier_state_is_found_by_the_checkpoint_kept_outside_alone() -> None:
    log = sample_log(random.Random(1))
    told = put_back_to_an_earlier_state(log, random.Random(1))
    assert verify(told, log, 1).findings == []  # an old checkpoint says nothing about what came after it
    (found,) = verify(told, log, len(log.sizes)).findings
    assert "put back to an earlier state" in found.what


def test_a_journal_signed_anew_from_its_beginning_needs_something_known_from_elsewhere() -> None:
    log = sample_log(random.Random(2))
    forged = Log(log.acts[1:], [size - 1 for size in log.sizes], [*log.keys])
    other = Log(log.acts, log.sizes, [key(222)] * len(log.keys))
    report = verify(files(forged.entry_lines, forged.checkpoint_lines), log)
    assert report.findings == []  # and says so:
    assert "would pass" in report.notes[0]
    (found,) = verify(files(forged.entry_lines, forged.checkpoint_lines), log, 1).findings
    assert "rewritten" in found.what
    told = files(other.entry_lines, other.checkpoint_lines)
    assert verify(told, log, keys=(public(other.keys[0]),)).findings == []
    assert [found.what for found in verify(told, log, keys=(public(log.keys[0]),)).findings] == [
        "none is signed by a key that was given"
    ]


def test_a_key_that_was_not_announced_is_found_until_it_is_trusted() -> None:
    acts = sample_log(random.Random(3)).acts[:9]
    for announced, wrong in ((True, 0), (False, 1)):
        log = Log(acts, [3, 6, 9], [key(1), key(1), key(2)], announced=announced)
        told = files(log.entry_lines, log.checkpoint_lines)
        findings = verify(told, log, 1).findings
        assert len([found for found in findings if "does not announce" in found.what]) == wrong == len(findings)
        assert verify(told, log, 1, keys=(public(key(2)),)).findings == []


def test_who_knows_only_the_key_finds_what_it_did_not_sign() -> None:
    log = sample_log(random.Random(6))
    known, lines = (public(log.keys[-1]),), log.checkpoint_lines
    assert verify(files(log.entry_lines, lines), log, keys=known).findings == []
    document = orjson.loads(lines[-1])
    unsigned = document | {"signature": document["signature"][:-4] + "0000"}
    later = document | {"checkpoint": document["checkpoint"] | {"at": "2027-01-01T00:00:00.000000Z"}}
    spaced = lines[-1].replace(b":", b": ", 1)
    for forged, why in (
        (canonical(unsigned) + b"\n", "signature"),
        (canonical(later) + b"\n", "signature"),
        (spaced, "as it"),
    ):
        (found,) = verify(files(log.entry_lines, [*lines[:-1], forged]), log, keys=known).findings
        assert why in found.what


def test_checkpoints_of_two_lines_signed_by_one_key_do_not_mix() -> None:
    acts = sample_log(random.Random(7)).acts[:9]
    one, other = (Log(acts, [3, 9], [key(1), key(1)], late=minutes) for minutes in (0, 5))
    mixed = files(one.entry_lines, [one.checkpoint_lines[0], other.checkpoint_lines[1]])
    (found,) = verify(mixed, one, keys=(public(key(1)),)).findings
    assert "does not follow" in found.what


def test_a_checkpoint_goes_back_neither_in_time_nor_in_size() -> None:
    acts = sample_log(random.Random(8)).acts[:9]
    for log in (Log(acts, [3, 9], [key(1)] * 2, late=-90), Log(acts, [9, 3], [key(1)] * 2)):
        (found,) = verify(files(log.entry_lines, log.checkpoint_lines), log).findings
        assert "goes back" in found.what


def test_the_first_finding_says_where() -> None:
    log = sample_log(random.Random(4))
    lines = list(log.entry_lines)
    lines[4] = lines[4].replace(b"staff:7", b"staff:9")
    report = verify(files(lines, log.checkpoint_lines), log)
    assert report.findings[0] == ("entry on line 5", "its content does not match its hash")


def test_an_export_without_checkpoints_is_nothing() -> None:
    assert [found.what for found in verify((b"", b""), sample_log(random.Random(5))).findings] == ["there is none"]
