"""Addresses for operators, which the public does not reach: metrics, readiness and the documentation's pages.

They answer callers from the networks of ``MOTCUA_INTERNAL_FROM`` alone, and for everybody else they do not exist. A
request that a proxy has forwarded is never taken for one from this machine because the settings name no proxy.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask

from server.context import runtime, served, this_request
from server.refusals import NoSuchAddress

log = structlog.get_logger("motcua.api")
INTERNAL = ("/metrics", "/readyz", "/docs")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
"""The headers of a proxy, by their names in the environment of WSGI."""


def register_internal(app: Flask) -> None:
    """Refuses internal addresses to callers from elsewhere."""

    @app.before_request
    def guard() -> None:
        ours, request = served(), this_request()
        told = ours.told
        if "proxy-unknown" not in told and ours.runtime.settings.proxy_hops == 0 and _forwarded(request.environ):
            told.add("proxy-unknown")
            log.warning("proxy-unknown", why="a proxy forwards requests, and MOTCUA_PROXY_HOPS is 0")
        if request.path.startswith(INTERNAL) and not is_internal():
            raise NoSuchAddress()


def is_internal() -> bool:
    """Whether the caller is in one of the networks of the settings."""
    settings, request = runtime().settings, this_request()
    if settings.proxy_hops == 0 and _forwarded(request.environ):
        return False  # the address is that of a proxy that the settings do not know
    try:
        caller = ipaddress.ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return False
    if isinstance(caller, ipaddress.IPv6Address) and caller.ipv4_mapped:
        caller = caller.ipv4_mapped
    return any(caller.version == network.version and caller in network for network in settings.internal_from)


def _forwarded(environ: Mapping[str, Any]) -> bool:
    return not environ.keys().isdisjoint(FORWARDED)
