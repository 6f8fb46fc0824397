"""The invented people who file in the demonstration: citizens, some of them again and again, bodies and foreigners."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from engine.rules.territory.place_names import slug

SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Lý")
MEN = ("Văn", "Hữu", "Đức", "Quốc", "Minh", "Thanh", "Công", "Đình")
WOMEN = ("Thị", "Thị Ngọc", "Thị Thu", "Thị Kim", "Ngọc", "Thị Hoài", "Thị Mai")
MENS = ("An", "Cường", "Dũng", "Hải", "Hòa", "Hưng", "Khang", "Lợi", "Nam", "Phát", "Tài", "Thiện", "Trung", "Tường")
WOMENS = (
    "Anh",
    "Châu",
    "Giang",
    "Hiền",
    "Hương",
    "Lan",
    "Nga",
    "Nhàn",
    "Oanh",
    "Sương",
    "Thảo",
    "Trang",
    "Xuân",
    "Yến",
)
STREETS = ("Hai Bà Trưng", "Lý Tự Trọng", "Pasteur", "Tôn Đức Thắng", "Mạc Thị Bưởi", "Thái Văn Lung", "Hồ Tùng Mậu")
BODIES = ("Công ty TNHH", "Công ty cổ phần")
TRADES = ("Thương mại An Khang Phát", "Dịch vụ Bến Nghé Xanh", "Xây dựng Tân Hòa Hưng", "Thực phẩm Sông Bé")
FOREIGNERS = (("Anna Lindqvist", "Thụy Điển"), ("Kenji Morita", "Nhật Bản"), ("Paul Okafor", "Nigeria"))
PEOPLE = 320
"""So many citizens live in the demonstration's wards."""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person: what a filing says of them."""

    name: str
    identity: str
    phone: str
    email: str | None
    born: dt.date
    woman: bool
    address: str


def name_of(chance: random.Random, *, woman: bool, surname: str | None = None) -> str:
    """An invented name."""
    middle, given = (WOMEN, WOMENS) if woman else (MEN, MENS)
    return f"{surname or chance.choice(SURNAMES)} {chance.choice(middle)} {chance.choice(given)}"


class Population:
    """The citizens of the demonstration; the same ``chance`` gives the same people."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._people = [self._born(serial) for serial in range(PEOPLE)]

    def somebody(self) -> Person:
        """One of the people; the first of them come oftener."""
        index = int(len(self._people) * self._chance.random() ** 1.4)
        return self._people[index]

    def _born(self, serial: int) -> Person:
        chance = self._chance
        woman = chance.random() < 0.55
        born = dt.date(chance.randint(1958, 1999), chance.randint(1, 12), chance.randint(1, 28))
        name = name_of(chance, woman=woman)
        return Person(
            name=name,
            identity=f"{chance.choice(('079', '075', '082', '096'))}{int(woman)}{born.year % 100:02}{serial:06}",
            phone=f"0900{serial:06}",
            email=f"{slug(name).lower()}.{serial}@example.vn" if chance.random() < 0.6 else None,
            born=born,
            woman=woman,
            address=address(chance),
        )


def address(chance: random.Random) -> str:
    """An invented address on a street of the ward."""
    return f"{chance.randint(1, 240)} đường {chance.choice(STREETS)}"


def citizen(person: Person, commune: str) -> dict[str, Any]:
    """The applicant of a filing, for a citizen."""
    told: dict[str, Any] = {
        "kind": "citizen",
        "name": person.name,
        "identity_number": person.identity,
        "phone": person.phone,
    }
    told |= {"email": person.email, "address": person.address, "commune": commune}
    return told | {"verified": True}


def body(chance: random.Random, commune: str, kind: str) -> dict[str, Any]:
    """The applicant of a filing, for a business or an organisation."""
    serial = chance.randint(0, 999)
    name = f"{chance.choice(BODIES)} {chance.choice(TRADES)}"
    told = {"kind": kind, "name": name, "phone": f"0901{serial:06}", "email": f"vanphong.{serial}@example.vn"}
    return told | {"address": address(chance), "commune": commune, "verified": True}
