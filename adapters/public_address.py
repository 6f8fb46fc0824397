"""Checks to which network address a URL from outside may lead.

A webhook's URL comes from outside. Without this check it could make the server call machines behind the office's
firewall (server-side request forgery). A name may resolve differently the second time (DNS rebinding), so the caller
connects to the very address that was checked here.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

from engine.ports import DeliveryFailed
from engine.security.public_address import UnusableAddress, is_public, parts_of


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
    try:
        scheme, host, port, target = parts_of(url)
    except UnusableAddress as error:
        raise _never(channel, str(error)) from None
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


def _never(channel: str, why: str) -> DeliveryFailed:
    return DeliveryFailed(permanent=True, channel=channel, why=why)
