"""``motcua files``: the store of uploaded files, which all machines of an installation share."""

from __future__ import annotations

import click

from cli.compose import compose_from_environment
from cli.output import json_option, say, show
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
