"""The CSV file of signatories: what a provider of remote signing knows each person by. Every fault has its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from engine.rules.offices.staff_file import Fault
from engine.text import Text

COLUMNS: Final = ("username", "credential")
MOST_BYTES: Final = 2_000_000
_CREDENTIAL = re.compile(r"[!-~]{1,200}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatoryFile:
    """What the provider knows each person by, by username, in the order of the file; and what is wrong with it."""

    known: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


def read_signatory_file(content: bytes, usernames: Collection[str] | None = None) -> SignatoryFile:
    """The signatories of a file (UTF-8; commas, semicolons or tabs). ``usernames`` are those of the staff, where a
    person that nobody knows is a fault.

    >>> read_signatory_file(b"username;credential\\nlan.nt;079190001234\\n").known
    {'lan.nt': '079190001234'}
    """
    if len(content) > MOST_BYTES:
        return _unreadable(Text(f"tệp lớn hơn {MOST_BYTES} byte", f"the file has more than {MOST_BYTES} bytes"))
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
        names = [name.strip().lower() for name in next(rows, [])]
        if missing := [name for name in COLUMNS if name not in names]:
            listed = ", ".join(missing)
            return _unreadable(Text(f"thiếu cột {listed}", f"the columns {listed} are missing"))
        lines = [(rows.line_num, dict(zip(names, row, strict=False))) for row in rows if any(map(str.strip, row))]
    except UnicodeDecodeError:
        return _unreadable(Text("tệp không phải UTF-8", "the file is not UTF-8"))
    except csv.Error as error:
        return _unreadable(Text(f"CSV sai dạng ({error})", f"malformed CSV ({error})"))
    return _signatories(lines, usernames)


def written(known: Mapping[str, str]) -> bytes:
    """The file of these signatories, by username."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(sorted(known.items()))
    return out.getvalue().encode()


def _signatories(lines: list[tuple[int, dict[str, str]]], usernames: Collection[str] | None) -> SignatoryFile:
    known, faults, seen = dict[str, str](), list[Fault](), dict[str, int]()
    for number, cells in lines:
        username, credential = (cells.get(name, "").strip() for name in COLUMNS)
        if not username or (usernames is not None and username not in usernames):
            words = Text("không có người này trong danh sách cán bộ", "nobody of the staff has this username")
            faults.append(Fault(number, "username", words))
        elif (earlier := seen.setdefault(username, number)) != number:
            words = Text(f"đã có ở dòng {earlier}; xóa một dòng", f"stands on line {earlier}, too; remove one of them")
            faults.append(Fault(number, "username", words))
        elif not _CREDENTIAL.match(credential):
            words = Text(
                "phải có 1 đến 200 chữ, số, dấu không có khoảng trắng",
                "must have 1 to 200 letters, digits or marks, without blanks",
            )
            faults.append(Fault(number, "credential", words))
        else:
            known[username] = credential
    return SignatoryFile(known=known, faults=tuple(faults))


def _unreadable(words: Text) -> SignatoryFile:
    return SignatoryFile(known={}, faults=(Fault(0, "", words),))
