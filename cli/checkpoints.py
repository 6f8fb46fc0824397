"""``motcua journal checkpoint | export | prove | prove-growth | rotate-key``: evidence for an outside auditor.

``verifier/motcua_verify.py`` checks the evidence on any machine (docs/journal.md).
"""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from cli.compose import compose_from_environment
from cli.output import NUMBER, json_option, say, show
from engine.acts.checkpoint import checkpoint_now
from engine.acts.checkpoint import rotate_key as hand_over
from engine.journal.checkpoint_proofs import prove_entry, prove_growth
from engine.journal.export import export_journal
from engine.rules.journal.checkpoints import key_id, parse_line


@click.command()
@json_option
def checkpoint(as_json: bool) -> None:
    """Cover the new entries of the journal by a signed checkpoint, publish it, and print it."""
    runtime = compose_from_environment(pooled=False)
    made = checkpoint_now(runtime)
    lines = [one.line for one in made] or [say("Không có gì mới.", "There is nothing new.")]
    show(as_json, [orjson.loads(one.line) for one in made], lines)
    click.echo(say("Đã công bố tại ", "Published in ") + str(runtime.settings.checkpoint_folder), err=True)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--upto", type=NUMBER, help="End at this checkpoint instead of making a new one.")
@json_option
def export(folder: Path, upto: int | None, as_json: bool) -> None:
    """Write the whole journal with its checkpoints to an empty FOLDER, for an auditor. It holds no personal data."""
    runtime = compose_from_environment(pooled=False)
    if upto is None:
        checkpoint_now(runtime)
    done = export_journal(runtime.database, folder, upto)
    counts = done.counts._asdict() | {"hidden": done.counts.hidden}
    document = {"folder": str(folder), "checkpoint": done.checkpoint, "size": done.size, "entries": done.entries}
    document |= {"valid": done.whole, "counts": counts, "reads": done.reads}
    told = say(
        f"{done.entries} mục đến điểm kiểm tra số {done.checkpoint} đã ghi vào {folder}.",
        f"{done.entries} entries up to checkpoint {done.checkpoint} were written to {folder}.",
    )
    wrong = say(
        f"Số mục không khớp: tất cả {counts['entries']}, trong cây {counts['in_runs']}, đang chờ {counts['waiting']}, "
        f"đã ký {counts['signed']}. Chạy `motcua journal verify`.",
        f"The numbers of entries do not agree: {counts['entries']} in all, {counts['in_runs']} in the tree, "
        f"{counts['waiting']} waiting, {counts['signed']} signed. Run `motcua journal verify`.",
    )
    show(as_json, document, [told] if done.whole else [told, wrong])
    if not done.whole:
        raise SystemExit(1)


@click.command()
@click.argument("dossier")
@click.argument("number", type=NUMBER)
@click.option("--checkpoint", "upto", type=NUMBER, help="The checkpoint to prove it by; default: the last.")
def prove(dossier: str, number: int, upto: int | None) -> None:
    """Print the proof that entry NUMBER of a DOSSIER is in the journal that a checkpoint signed."""
    runtime = compose_from_environment(pooled=False)
    click.echo(orjson.dumps(prove_entry(runtime.database, dossier, number, upto), option=orjson.OPT_INDENT_2).decode())


@click.command("prove-growth")
@click.argument("old", type=NUMBER)
@click.argument("new", type=NUMBER, required=False)
def growth(old: int, new: int | None) -> None:
    """Print the proof that checkpoint OLD is the beginning of checkpoint NEW (or the last)."""
    runtime = compose_from_environment(pooled=False)
    click.echo(orjson.dumps(prove_growth(runtime.database, old, new), option=orjson.OPT_INDENT_2).decode())


@click.command("rotate-key")
@click.option("--lost", is_flag=True, help="The present key is gone: verifiers will report the new one as unannounced.")
def rotate_key(lost: bool) -> None:
    """Let a new key sign from now on; the present one signs the hand-over."""
    made = hand_over(compose_from_environment(pooled=False), lost=lost)
    public = parse_line(made.line)[0].next
    click.echo(made.line)
    click.echo(say(f"Khóa mới: {key_id(public)} ({public})", f"New key: {key_id(public)} ({public})"), err=True)


COMMANDS = (checkpoint, export, prove, growth, rotate_key)
