"""``motcua files``: the store of uploaded files, which all machines of an installation share."""

from __future__ import annotations

import os
from pathlib import Path

import click

from adapters.files_local import LocalFiles
from adapters.files_moving import MovableFiles, Moved, copy_files
from cli.compose import compose_bucket, compose_from_environment
from cli.output import json_option, say, show
from engine.file_settings import s3_settings
from engine.setting_values import WrongSetting
from server.own_files import adopt_files, compare_files


@click.group()
def files() -> None:
    """The folder of uploaded files."""


@files.command()
@json_option
def check(as_json: bool) -> None:
    """Check that this machine has the installation's folder of files. Exits with 1 when it has another one."""
    runtime = compose_from_environment(pooled=False)
    name, place = compare_files(runtime), runtime.files.place
    told = say(f"Đúng thư mục tệp: {place}", f"The folder of files is the right one: {place}")
    if name is None:
        told = say(f"Chưa tiến trình nào dùng thư mục tệp {place}.", f"No process has used {place} yet.")
    show(as_json, {"place": place}, [told])


@files.command()
@json_option
def adopt(as_json: bool) -> None:
    """Make the folder of this machine the installation's, after a move or a restore. Other machines must mount it."""
    runtime = compose_from_environment(pooled=False)
    name = adopt_files(runtime)
    place = runtime.files.place
    told = say(f"Từ nay dùng thư mục tệp {place} ({name}).", f"The folder of files is {place} from now on ({name}).")
    show(as_json, {"place": place, "name": name}, [told])


@files.command()
@click.option("--from", "old", required=True, metavar="PLACE", help="s3://BUCKET/FOLDER, or a folder of this machine.")
@click.option("--to", "new", required=True, metavar="PLACE", help="s3://BUCKET/FOLDER, or a folder of this machine.")
@json_option
def copy(old: str, new: str, as_json: bool) -> None:
    """Copy all files from one place to another, reading each back. Deletes nothing; start it again to go on."""
    last = [0]

    def tell(done: Moved) -> None:
        if not as_json and done.copied + done.there >= last[0] + 1_000:
            last[0] = done.copied + done.there
            click.echo(say(f"… {last[0]} tệp", f"… {last[0]} files"), err=True)

    done = copy_files(files_at(old), files_at(new, may_be_new=True), tell)
    told = say(
        f"Đã chép {done.copied} tệp ({done.size} byte) từ {old} sang {new}; {done.there} tệp đã có sẵn.",
        f"Copied {done.copied} files ({done.size} bytes) from {old} to {new}; {done.there} were there already.",
    )
    show(as_json, {"copied": done.copied, "already_there": done.there, "bytes": done.size}, [told])


def files_at(text: str, *, may_be_new: bool = False) -> MovableFiles:
    """The store at ``s3://BUCKET/FOLDER`` or in a folder. Raises WrongSetting."""
    if text.startswith("s3:"):
        return compose_bucket(s3_settings(os.environ, text))
    if not Path(text).is_dir() and not may_be_new:
        raise WrongSetting(name="--from", why=f"there is no folder {text}")
    return LocalFiles(Path(text))
