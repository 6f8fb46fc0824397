"""Checks to which network address a URL from outside may lead.

A webhook's URL comes from outside. Without this check it could make the server call machines behind the office's
firewall (server-side request forgery). A name may resolve differently the second time (DNS rebinding), so the caller
connects to the very address that was checked here.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine.ports import DeliveryFailed

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NOBODYS = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("192.88.99.0/24"))
"""Networks of protocols and former relays (RFC 6890, RFC 7526), which some versions of Python count as global."""


@dataclass(frozen=True, slots=True)
class Place:
    """The target of a connection: ``addresses`` are checked and in order of trying; ``host`` goes into Host and TLS."""

    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]
    target: str

    @property
    def host_header(self) -> str:
        """The value of the Host header: the port only where it is not the scheme's own."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.scheme == "https" else 80) else f"{name}:{self.port}"


def place_of(url: str, *, channel: str, allow_private: bool) -> Place:
    """The target of a URL, resolved and checked. Unless ``allow_private``, only https to public addresses is permitted.

    Raises DeliveryFailed: permanent when the URL or its address may not be used, temporary when its name does not
    resolve.
    """
    scheme, host, port, target = _parts(url, channel)
    if scheme == "http" and not allow_private:
        raise _never(channel, "the address must begin with https://")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise DeliveryFailed(channel=channel, why=f"the name {host} does not resolve ({error})") from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private:
        # One private answer among public ones is enough to refuse: which one is used must not be luck.
        for address in addresses:
            if not is_public(address):
                raise _never(channel, f"{host} leads to {address}, which is not a public address")
    return Place(scheme=scheme, host=host, port=port, addresses=addresses, target=target)


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


def _parts(url: str, channel: str) -> tuple[str, str, int, str]:
    if any(character <= " " or character == "\x7f" for character in url):
        raise _never(channel, "the address holds a space or a control character")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
        if ":" not in host:  # not an IPv6 address
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise _never(channel, "the address is malformed") from None
    if parts.scheme not in ("http", "https") or not host:
        raise _never(channel, "the address is not a web address")
    if parts.username is not None or parts.password is not None:
        raise _never(channel, "the address must not hold a user name or password")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not target.isascii():
        raise _never(channel, "the path of the address must be percent-encoded")
    return parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target


def _never(channel: str, why: str) -> DeliveryFailed:
    return DeliveryFailed(permanent=True, channel=channel, why=why)
