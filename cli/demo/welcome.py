"""What an open demonstration says first: where each role begins, and what a citizen was given."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from cli.demo import telling
from cli.demo.people import PASSWORD, ROLES

_STATES = {
    "supplement": "chờ bổ sung (asked for a supplement)",
    "in_process": "đang xử lý (in the works)",
    "ready": "đã có kết quả (result ready)",
    "returned": "đã trả kết quả (returned)",
}


def tell_roles(base: str) -> None:
    """Prints one line a role: its first page, and who signs in."""
    telling.heading(f"Một Cửa: {base}")
    for role in ROLES:
        words = f"{role.vi} ({role.en})"
        click.echo(f"    {words:<42} {base}{role.page:<8} {role.username:<20} {PASSWORD}")


def tell_author(data: Path, result: bytes) -> None:
    """Says how commands in another terminal reach this installation, and where a result to sign lies."""
    sample = data / "ket-qua-mau.pdf"
    sample.write_bytes(result)
    click.echo(f"  Thông báo đã gửi (delivered notices): {data / 'notices.jsonl'}")
    click.echo(f"  Kết quả mẫu để ký thử (a sample result to sign): {sample}")
    click.echo(f"  Lệnh ở cửa sổ khác (commands in another terminal): export MOTCUA_DATA={data}")


def tell_citizens(base: str, kept: Path) -> None:
    """Prints the links and receipt codes of some applicants."""
    if not kept.exists():
        return
    click.echo(f"  Người dân (citizens): {base}/")
    for one in orjson.loads(kept.read_bytes()):
        click.echo(f"    {_STATES[one['state']]:<42} {base}/h/{one['token']}")
        click.echo(f"    {'':<42} {one['code']}, mã biên nhận (receipt code) {one['receipt']}")
