"""Ways to tamper with an export, with and without the signing key. Each answers the two files as they then are."""

from __future__ import annotations

import dataclasses
import hashlib
import random
from collections.abc import Callable

import orjson

from engine.rules.journal.entries import Entry, canonical
from tests.unit.journal_samples import Act, Log, chain, key, line_of

Files = tuple[bytes, bytes]
"""entries.jsonl and checkpoints.jsonl."""


def files(entries: list[bytes], checkpoints: list[bytes]) -> Files:
    return b"".join(entries), b"".join(checkpoints)


def edit_a_byte_of_an_entry(log: Log, rng: random.Random) -> Files:
    return _edited(b"".join(log.entry_lines), rng), b"".join(log.checkpoint_lines)


def edit_a_byte_of_a_checkpoint(log: Log, rng: random.Random) -> Files:
    return b"".join(log.entry_lines), _edited(b"".join(log.checkpoint_lines), rng)


def remove_entries(log: Log, rng: random.Random) -> Files:
    gone = set(rng.sample(range(len(log.entry_lines)), rng.randint(1, 3)))
    return files([line for at, line in enumerate(log.entry_lines) if at not in gone], log.checkpoint_lines)


def remove_entries_and_mend_the_chain(log: Log, rng: random.Random) -> Files:
    acts = list(log.acts)
    del acts[rng.randrange(len(acts))]
    return _with_acts(log, acts)


def repeat_an_entry(log: Log, rng: random.Random) -> Files:
    lines = list(log.entry_lines)
    lines.insert(rng.randint(0, len(lines)), rng.choice(lines))
    return files(lines, log.checkpoint_lines)


def insert_an_entry_and_mend_the_chain(log: Log, rng: random.Random) -> Files:
    acts = list(log.acts)
    acts.insert(rng.randint(0, len(acts)), Act(rng.choice(acts).code, "forged", rng.randint(0, 99)))
    return _with_acts(log, acts)


def add_an_entry_at_the_end(log: Log, rng: random.Random) -> Files:
    return _with_acts(log, [*log.acts, Act(rng.choice(log.acts).code, "forged", 99)])


def swap_two_entries(log: Log, rng: random.Random) -> Files:
    lines = list(log.entry_lines)
    one, other = rng.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return files(lines, log.checkpoint_lines)


def move_an_entry_and_mend_the_chain(log: Log, rng: random.Random) -> Files:
    acts = list(log.acts)
    acts.insert(rng.randrange(len(acts)), acts.pop(rng.randrange(len(acts))))
    return _with_acts(log, acts)


def cut_off_entries(log: Log, rng: random.Random) -> Files:
    whole = b"".join(log.entry_lines)
    return whole[: rng.randrange(len(whole))], b"".join(log.checkpoint_lines)


def cut_off_checkpoints(log: Log, rng: random.Random) -> Files:
    whole = b"".join(log.checkpoint_lines)
    return b"".join(log.entry_lines), whole[: rng.randrange(len(whole))]


def swap_between_dossiers(log: Log, rng: random.Random) -> Files:
    """The contents of two entries of different dossiers change places, each hashed anew under its new dossier."""
    one, other = rng.sample(range(len(log.acts)), 2)
    acts = list(log.acts)
    acts[one] = dataclasses.replace(acts[one], code=acts[other].code)
    acts[other] = dataclasses.replace(acts[other], code=log.acts[one].code)
    return _with_acts(log, acts)


def edit_an_entry_and_its_hash(log: Log, rng: random.Random) -> Files:
    at = rng.randrange(len(log.entries))
    body = orjson.loads(log.entries[at].body) | {"actor": "staff:8"}
    lines = list(log.entry_lines)
    lines[at] = line_of(_hashed(body))
    return files(lines, log.checkpoint_lines)


def edit_an_entry_and_mend_the_chain(log: Log, rng: random.Random) -> Files:
    return _with_acts(log, _edited_acts(log, rng.randrange(len(log.acts))))


def remove_a_checkpoint(log: Log, rng: random.Random) -> Files:
    lines = list(log.checkpoint_lines)
    del lines[rng.randrange(len(lines))]
    return files(log.entry_lines, lines)


def swap_checkpoints(log: Log, rng: random.Random) -> Files:
    lines = list(log.checkpoint_lines)
    one, other = rng.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return files(log.entry_lines, lines)


def repeat_a_checkpoint(log: Log, rng: random.Random) -> Files:
    lines = list(log.checkpoint_lines)
    lines.insert(rng.randint(0, len(lines)), rng.choice(lines))
    return files(log.entry_lines, lines)


def put_back_to_an_earlier_state(log: Log, rng: random.Random) -> Files:
    """What the database truly was at an earlier checkpoint: nothing in it is wrong, but it is old."""
    number = rng.randrange(1, len(log.sizes))
    return files(log.entry_lines[: log.sizes[number - 1]], log.checkpoint_lines[:number])


def edit_and_sign_anew(log: Log, rng: random.Random) -> Files:
    """By somebody who has every key: only a checkpoint kept outside tells."""
    forged = Log(_edited_acts(log, rng.randrange(len(log.acts))), log.sizes, log.keys)
    return files(forged.entry_lines, forged.checkpoint_lines)


def remove_and_sign_anew(log: Log, rng: random.Random) -> Files:
    acts = list(log.acts)
    del acts[rng.randrange(len(acts))]
    forged = Log(acts, [min(size, len(acts)) for size in log.sizes], log.keys)
    return files(forged.entry_lines, forged.checkpoint_lines)


def sign_everything_by_another_key(log: Log, rng: random.Random) -> Files:
    forged = Log(log.acts, log.sizes, [key(rng.randint(201, 250))] * len(log.keys))
    return files(forged.entry_lines, forged.checkpoint_lines)


def put_back_and_go_on_otherwise(log: Log, rng: random.Random) -> Files:
    """The true beginning, and from some checkpoint on another history under the true keys."""
    kept = log.sizes[rng.randrange(len(log.sizes) - 1)]
    acts = [*log.acts[:kept], *(dataclasses.replace(act, what="other") for act in log.acts[kept:])]
    forged = Log(acts, log.sizes, log.keys)
    return files(forged.entry_lines, forged.checkpoint_lines)


TAMPERINGS: tuple[Callable[[Log, random.Random], Files], ...] = (
    edit_a_byte_of_an_entry,
    edit_a_byte_of_a_checkpoint,
    remove_entries,
    remove_entries_and_mend_the_chain,
    repeat_an_entry,
    insert_an_entry_and_mend_the_chain,
    add_an_entry_at_the_end,
    swap_two_entries,
    move_an_entry_and_mend_the_chain,
    cut_off_entries,
    cut_off_checkpoints,
    swap_between_dossiers,
    edit_an_entry_and_its_hash,
    edit_an_entry_and_mend_the_chain,
    remove_a_checkpoint,
    swap_checkpoints,
    repeat_a_checkpoint,
    put_back_to_an_earlier_state,
    edit_and_sign_anew,
    remove_and_sign_anew,
    sign_everything_by_another_key,
    put_back_and_go_on_otherwise,
)


def _edited(whole: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(whole))
    return whole[:at] + bytes([(whole[at] + rng.randint(1, 255)) % 256]) + whole[at + 1 :]


def _edited_acts(log: Log, at: int) -> list[Act]:
    acts = list(log.acts)
    acts[at] = dataclasses.replace(acts[at], what="forged")
    return acts


def _with_acts(log: Log, acts: list[Act]) -> Files:
    return files([line_of(one) for one in chain(acts)], log.checkpoint_lines)


def _hashed(body: dict[str, object]) -> Entry:
    text = canonical(body)
    return Entry(0, text.decode(), hashlib.sha256(text).hexdigest())
