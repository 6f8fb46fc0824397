"""The address of the database: libpq's forms, also with several hosts, become the one that SQLAlchemy reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from engine.setting_values import WrongSetting

_SEVERAL = re.compile(r"(?P<who>[^@/?]*@)?(?P<hosts>[^@/?]*,[^@/?]*)/(?P<name>[^?]*)(?:\?(?P<options>.*))?")
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[\w.\-]+)(?::(?P<port>\d+))?")
_DRIVER, _FILE = "postgresql+psycopg://", "sqlite:///"


def database_address(environment: Mapping[str, str], name: str, default: str) -> str:
    """The address in the variable ``name``. Raises WrongSetting.

    ``postgresql://a@h1:5432,h2:5432/db`` names several hosts, as libpq writes them. With several hosts and no
    ``target_session_attrs`` of its own, an address asks for the one that takes writes: any other refuses every act.

    >>> database_address({"X": "postgresql://a@h1:5433,h2/db"}, "X", "")
    'postgresql+psycopg://a@/db?host=h1,h2&port=5433,5432&target_session_attrs=read-write'
    """
    given = environment.get(name) or default
    if given.startswith("postgresql://"):
        given = given.replace("postgresql://", _DRIVER, 1)
    if not given.startswith((_DRIVER, _FILE)):
        raise WrongSetting(name=name, why="it must start with postgresql+psycopg:// or sqlite:///")
    if given.startswith(_FILE):
        return given
    return _for_writes(_DRIVER + _hosts_as_options(name, given.removeprefix(_DRIVER)))


def _hosts_as_options(name: str, rest: str) -> str:
    found = _SEVERAL.fullmatch(rest)
    if found is None:
        return rest
    hosts = [_HOST.fullmatch(one) for one in found["hosts"].split(",")]
    if not all(hosts):
        raise WrongSetting(name=name, why="several hosts are written host:port,host:port")
    names = ",".join(quote(one["host"].strip("[]"), safe="") for one in hosts if one)
    ports = ",".join(one["port"] or "5432" for one in hosts if one)
    options = f"&{found['options']}" if found["options"] else ""
    return f"{found['who'] or ''}/{found['name']}?host={names}&port={ports}{options}"


def _for_writes(address: str) -> str:
    query = address.partition("?")[2]
    several = len(re.findall(r"(?:^|&)host=", query)) > 1 or re.search(r"(?:^|&)host=[^&]*(?:,|%2C)", query)
    if not several or "target_session_attrs=" in query:
        return address
    return f"{address}&target_session_attrs=read-write"
