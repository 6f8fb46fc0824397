"""Which web addresses from outside may be called: parts of a URL, and whether an IP address is on the open Internet."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NOBODYS = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("192.88.99.0/24"))
"""Networks of protocols and former relays (RFC 6890, RFC 7526), which some versions of Python count as global."""
_INSIDE = ("localhost", ".localhost", ".local", ".internal", ".home.arpa", ".lan")
"""Names, and endings of names, that never lead to the open Internet (RFC 6761, RFC 6762, RFC 8375)."""


class UnusableAddress(ValueError):
    """A URL that is never called, and why (en)."""


class Parts(NamedTuple):
    """The parts of a URL that a connection needs; ``host`` is in ASCII, ``target`` is path and query."""

    scheme: str
    host: str
    port: int
    target: str


def parts_of(url: str) -> Parts:
    """The parts of a web address. Raises UnusableAddress."""
    if any(character <= " " or character == "\x7f" for character in url):
        raise UnusableAddress("the address holds a space or a control character")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
        if ":" not in host:  # not an IPv6 address
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise UnusableAddress("the address is malformed") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UnusableAddress("the address is not a web address")
    if parts.username is not None or parts.password is not None:
        raise UnusableAddress("the address must not hold a user name or password")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii():
        raise UnusableAddress("the path of the address must be percent-encoded")
    return Parts(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target)


def must_look_public(url: str) -> None:
    """Checks what a URL tells without looking its name up: https, and no private address or name.

    Raises UnusableAddress.
    """
    parts = parts_of(url)
    if parts.scheme == "http":
        raise UnusableAddress("the address must begin with https://")
    host = parts.host.rstrip(".").lower()
    if host.endswith(_INSIDE) or (":" not in host and "." not in host):
        raise UnusableAddress(f"{host} is a name inside a network")
    try:
        public = is_public(host)
    except ValueError:  # a name, which is looked up before it is called
        public = not host.rpartition(".")[2].isdigit()  # 127.1 and 0x7f.1 are addresses to some resolvers
    if not public:
        raise UnusableAddress(f"{host} is not a public address")


def is_public(address: str) -> bool:
    """Whether an IP address is on the open Internet; an IPv4 address inside an IPv6 one is checked as well.

    >>> is_public("203.0.113.7"), is_public("::ffff:10.0.0.1"), is_public("9.9.9.9")
    (False, False, True)
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    if any(ip in network for network in _NOBODYS):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
