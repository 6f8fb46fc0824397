"""The address of a list of the desk: everything that it shows stands in its query, and is read back leniently.

``/ho-so?hang=qua-han&giu=toi&tt=1.004194&cot=ma,nguoi-nop``: whatever is unknown or malformed counts as not given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from urllib.parse import parse_qsl, quote, urlencode

from engine.errors import InvalidInput
from engine.queries.page import After
from engine.queries.queue import Ask, Holder, Neighbours, Queue, neighbours
from engine.rules.procedure.portal_status import PortalStatus
from engine.rules.values.written_day import read_day
from engine.transaction import UnitOfWork
from server.paging import read_after

LIST = "/ho-so"
QUEUES: Mapping[str, Queue] = {
    "dang-xu-ly": "open",
    "moi-tiep-nhan": "new",
    "cho-bo-sung": "supplement",
    "toi-han": "soon",
    "qua-han": "overdue",
    "trinh-ky": "sign",
    "cho-tra": "return",
}
"""The queues as addresses name them."""
SLUGS: Mapping[str, str] = {queue: slug for slug, queue in QUEUES.items()}
HOLDERS: Mapping[str, Holder] = {"toi": "me", "chua-ai": "nobody", "viec-cua-toi": "us"}
COLUMNS = ("han", "ma", "nguoi-nop", "thu-tuc", "buoc", "nguoi-giu", "co-quan", "ngay-nop", "kenh", "viec-ke-tiep")
USUAL_COLUMNS = ("han", "ma", "nguoi-nop", "thu-tuc", "buoc", "nguoi-giu")
LENGTHS = (50, 25, 100, 200)
"""Lines of a page, the usual number first."""
WITHOUT_PLACE = ("sau", "trong", "chon", "c")
"""Parameters that say where in the list one is, and not which list it is."""
_STATUSES = {str(int(one)): int(one) for one in PortalStatus}
_CODE = re.compile(r"[\w.\-]{1,60}")
_LONGEST_TEXT = 100


def read_ask(args: Mapping[str, str]) -> Ask:
    """What a list asks. A search without a queue looks through everything that the person may see.

    Everything that one may see is as large as the archive, so it is listed newest first unless asked otherwise.
    """
    queue, text = QUEUES.get(args.get("hang", "")), _plain(args.get("q", ""))
    everywhere = args.get("pham-vi") == "tat-ca" or (text is not None and queue is None)
    order = args.get("xep")
    return Ask(
        everywhere=everywhere,
        queue=queue,
        office=_code(args.get("co-quan")),
        procedure=_code(args.get("tt")),
        state=_code(args.get("buoc")),
        status=_STATUSES.get(args.get("tinh-trang", "")),
        channel=_code(args.get("kenh")),
        holder=HOLDERS.get(args.get("giu", "")),
        due_from=read_day(args.get("tu", "")),
        due_to=read_day(args.get("den", "")),
        mirrored={"ngoai": True, "trong": False}.get(args.get("nguon", "")),
        differing=True if args.get("nguon") == "lech" else None,
        text=text,
        order="newest" if order == "moi" or (everywhere and order != "han") else "due",
    )


def read_place(given: str | None) -> After | None:
    """Where in a list a page begins (``?sau=``); its beginning for what is not readable."""
    try:
        return read_after(given)
    except InvalidInput:
        return None


def read_columns(args: Mapping[str, str]) -> tuple[str, ...]:
    """The chosen columns in their fixed order; the code is always among them."""
    chosen = set(args.get("cot", "").split(","))
    found = tuple(name for name in COLUMNS if name in chosen)
    return tuple(name for name in COLUMNS if name in found or name == "ma") if found else USUAL_COLUMNS


def read_length(args: Mapping[str, str]) -> int:
    """How many lines a page has."""
    given = args.get("so", "")
    return int(given) if given in map(str, LENGTHS) else LENGTHS[0]


def query_of(args: Mapping[str, str], **changes: str | None) -> str:
    """The query of the list with some parameters changed; None and '' leave one out, as does a place in the list."""
    kept = {name: value for name, value in args.items() if value and name not in WITHOUT_PLACE}
    for name, value in changes.items():
        kept[name.replace("_", "-")] = value or ""
    return urlencode({name: value for name, value in kept.items() if value})


def at(query: str) -> str:
    """The address of the list with this query."""
    return f"{LIST}?{query}" if query else LIST


def dossier_in(code: str, query: str) -> str:
    """The address of a dossier that was opened from the list with this query."""
    return opener(query)(code)


def opener(query: str) -> Callable[[str], str]:
    """The function that makes ``dossier_in`` of each line of one list."""
    tail = f"?trong={quote(query or '-', safe='')}"
    return lambda code: f"{LIST}/{quote(code)}{tail}"


def within(trong: str) -> str:
    """The address of the list that ``trong`` of a dossier's address names."""
    return at(query_of(args_of(trong)))


def around(unit: UnitOfWork, trong: str, code: str) -> Neighbours:
    """The dossiers before and after one in the list that ``trong`` names."""
    return neighbours(unit, read_ask(args_of(trong)), code)


def asks_more(ask: Ask) -> bool:
    """Whether the list is narrowed by more than its queue and its holder."""
    usual = Ask()
    spared = ("queue", "holder", "order")
    return any(getattr(ask, one.name) != getattr(usual, one.name) for one in fields(ask) if one.name not in spared)


def args_of(trong: str) -> dict[str, str]:
    """The parameters of the list that ``trong`` of a dossier's address names."""
    return dict(parse_qsl(trong, max_num_fields=None)) if trong and trong != "-" else {}


def _code(given: str | None) -> str | None:
    return given if given and _CODE.fullmatch(given) else None


def _plain(given: str) -> str | None:
    text = " ".join(given.replace("\0", " ").split())[:_LONGEST_TEXT]
    return text or None
