"""The door reads JSON strictly: what two programs could read differently is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.strict_json import MAX_DEPTH, MalformedJson, strict_object

_NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(st.characters(exclude_categories=("Cs",))),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(_NAMES, below, max_size=4),
    max_leaves=20,
)


def _holds_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(part) for part in [*value, *value.values()])
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\x00" in value


@given(st.dictionaries(_NAMES, VALUES, max_size=5), st.booleans())
def test_every_proper_object_is_read_as_it_was_written(value: dict[str, object], ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()
    if _holds_nul(value):
        with pytest.raises(MalformedJson):
            strict_object(raw)
    else:
        assert strict_object(raw) == value


@given(st.text(max_size=6), st.integers(0, 3))
def test_a_name_given_twice_is_refused_however_it_is_written(name: str, depth: int) -> None:
    if any(0xD800 <= ord(letter) < 0xE000 or letter == "\x00" for letter in name):
        return
    plain = json.dumps(name, ensure_ascii=False)
    escaped = '"' + "".join(f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else letter for letter in name) + '"'
    raw = '{"a":' * depth + f"{{{plain}:1,{escaped}:2}}" + "}" * depth
    with pytest.raises(MalformedJson, match="twice"):
        strict_object(raw.encode())


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":"x\\":1,\\"a\\":2"}',  # colons and quotes inside a string are no names
        b'{"a":{"a":{"a":1}}}',
        b'[{"a":1},{"a":1}]'.replace(b"[", b'{"list":[', 1).replace(b"]", b"]}"),
        b'{"a":"123456789012345678901234567890"}',
        b'{"a":999999999999999999}',
        b'{"a":-1.5e10}',
    ],
)
def test_what_only_looks_wrong_is_read(raw: bytes) -> None:
    assert strict_object(raw) == json.loads(raw)


@pytest.mark.parametrize(
    "raw",
    [b"[]", b"1", b"", b"nul", b'{"a":1}x', b"{'a':1}", b'{"a":1,}', b'{"a":.5}', b'{"a":01}', b'{"a":NaN}'],
)
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedJson):
        strict_object(raw)


def test_depth_is_bounded() -> None:
    assert strict_object(b'{"a":' * (MAX_DEPTH - 1) + b"{}" + b"}" * (MAX_DEPTH - 1))
    with pytest.raises(MalformedJson, match="deeper"):
        strict_object(b'{"a":' * MAX_DEPTH + b"{}" + b"}" * MAX_DEPTH)
