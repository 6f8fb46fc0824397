"""A reader of the text form of Protocol Buffers, as far as the public test cases of CEL use it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

Message = dict[str, list[Any]]
"""The values of each field, in order: messages, bytes (of quoted text), or words as they are written."""

_TOKEN = re.compile(
    r"""(?:\s+|\#[^\n]*)|(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<word>[A-Za-z0-9_.+-]+)|(?P<sign>[{}\[\]:,/])"""
)
_SIMPLE = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "\\": 92, "'": 39, '"': 34, "?": 63}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))", re.DOTALL)


def read_text_proto(text: str) -> Message:
    """The message in ``text``. Raises ValueError where it is something else."""
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(text[at : at + 40])
        if match.lastgroup:
            tokens.append(match[0])
        at = match.end()
    message, end = _message(tokens, 0)
    if end != len(tokens):
        raise ValueError(tokens[end])
    return message


def _message(tokens: list[str], at: int) -> tuple[Message, int]:
    found: Message = defaultdict(list)
    while at < len(tokens) and tokens[at] != "}":
        name, at = _name(tokens, at)
        at += tokens[at] == ":"
        if tokens[at] == "{":
            value, at = _message(tokens, at + 1)
            at += 1
        elif tokens[at][0] in "\"'":
            value, at = _quoted(tokens, at)
        else:
            value, at = tokens[at], at + 1
        found[name].append(value)
        at += at < len(tokens) and tokens[at] == ","
    return found, at


def _name(tokens: list[str], at: int) -> tuple[str, int]:
    if tokens[at] != "[":
        return tokens[at], at + 1
    end = tokens.index("]", at)  # the address of a type
    return "".join(tokens[at + 1 : end]), end + 1


def _quoted(tokens: list[str], at: int) -> tuple[bytes, int]:
    value = b""
    while at < len(tokens) and tokens[at][0] in "\"'":
        value += _unescaped(tokens[at][1:-1])
        at += 1
    return value, at


def _unescaped(text: str) -> bytes:
    value, at = b"", 0
    for match in _ESCAPE.finditer(text):
        value += text[at : match.start()].encode() + _escape(match)
        at = match.end()
    return value + text[at:].encode()


def _escape(match: re.Match[str]) -> bytes:
    hexadecimal, short, long, octal, simple = match.groups()
    if short or long:
        return chr(int(short or long, 16)).encode("utf-8", "surrogatepass")
    return bytes([int(hexadecimal, 16) if hexadecimal else int(octal, 8) if octal else _SIMPLE[simple]])
