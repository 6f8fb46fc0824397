"""The statement that the installation's own signature is over: the content's hash, the person and the office."""

from __future__ import annotations

import orjson

PREFIX = "motcua-signature-v1"


def statement_of(sha256: str, person: str, office: str) -> str:
    """The signed text: a line with the format, then the facts as canonical JSON.

    >>> statement_of("ab", "staff:3", "UB-26740")
    'motcua-signature-v1\\n{"office":"UB-26740","person":"staff:3","sha256":"ab"}'
    """
    facts = {"office": office, "person": person, "sha256": sha256}
    return f"{PREFIX}\n{orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode()}"
