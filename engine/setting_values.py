"""Reads single settings from the environment; a wrong value is refused with a sentence that names the variable."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path

from engine.errors import Refusal


class WrongSetting(Refusal):
    """An environment variable holds a value that the program cannot run with."""

    code = "wrong-setting"
    status = 500
    vi = "Biến môi trường {name} không hợp lệ: {why}."
    en = "The environment variable {name} is wrong: {why}."


def address(environment: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    value = environment.get(name) or None
    if value and not value.startswith(schemes):
        raise WrongSetting(name=name, why=f"it must start with {' or '.join(schemes)}")
    return value


def path(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name)
    return Path(value).absolute() if value else None


def networks(
    environment: Mapping[str, str], name: str, default: str
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    given = environment.get(name, default)
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in given.split(",") if one.strip())
    except ValueError as error:
        raise WrongSetting(name=name, why=f"it must be networks such as 10.0.0.0/8, with commas ({error})") from error


def flag(environment: Mapping[str, str], name: str, default: bool) -> bool:
    value = environment.get(name, "").lower()
    if value in ("", "1", "true", "yes", "0", "false", "no"):
        return default if value == "" else value in ("1", "true", "yes")
    raise WrongSetting(name=name, why="it must be 1 or 0")


def number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = environment.get(name, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise WrongSetting(name=name, why=f"it must be a whole number from {least} to {most}")
    return int(value)


def choice(environment: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = environment.get(name, default).upper()
    if value not in choices:
        raise WrongSetting(name=name, why=f"it must be one of {', '.join(choices)}")
    return value
