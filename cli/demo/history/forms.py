"""What is filled in on the form of each shipped procedure in the demonstration, and which papers come with it.

A form is made from the day, the applicant and a commune. ``wants`` are the boolean fields that the plan of a dossier
needs (``land.tax_due`` for one that is to wait for a payment).
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cli.demo.history.applicants import FOREIGNERS, Person, address, name_of
from engine.rules.procedure.facts import nested
from engine.rules.procedure.machine import Workflow

Form = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """What a form is filled in from."""

    chance: random.Random
    who: Person
    day: dt.date
    commune: str


def _ago(given: Given, least: int, most: int) -> str:
    """A day so many days ago."""
    return (given.day - dt.timedelta(days=given.chance.randint(least, most))).isoformat()


def _parcel(given: Given) -> str:
    return f"Thửa {given.chance.randint(1, 320)}, tờ {given.chance.randint(1, 64)}"


def _area(given: Given, least: int, most: int) -> float:
    return given.chance.randint(least * 10, most * 10) / 10


def _child(given: Given) -> Form:
    chance, girl = given.chance, given.chance.random() < 0.5
    surname = given.who.name.split()[0]
    return {
        "registry.commune": given.commune,
        "child.name": name_of(chance, woman=girl, surname=surname),
        "child.born": _ago(given, 3, 75),
        "child.sex": "female" if girl else "male",
        "child.birthplace": chance.choice(("Bệnh viện Từ Dũ", "Bệnh viện Hùng Vương")),
        "mother.name": name_of(chance, woman=True),
        "mother.id": f"0791{chance.randint(88, 99):02}{chance.randint(0, 999999):06}",
        "father.name": given.who.name if not given.who.woman else name_of(chance, woman=False, surname=surname),
        "birth.at_hospital": True,
    }


def _birth(given: Given) -> Form:
    return _child(given) | {"copies": given.chance.choice((0, 1, 2, 3))}


def _family(given: Given) -> Form:
    home = {"home.address": given.who.address, "home.owner": given.who.name}
    return _child(given) | home | {"health.clinic": "Trạm y tế phường Sài Gòn", "wants.residence": True}


def _death(given: Given) -> Form:
    woman = given.chance.random() < 0.5
    return {
        "registry.commune": given.commune,
        "deceased.name": name_of(given.chance, woman=woman),
        "deceased.born": str(given.chance.randint(1931, 1960)),
        "deceased.died": _ago(given, 1, 12),
        "death.cause": given.chance.choice(("Tuổi già", "Bệnh tim mạch", "Đột quỵ")),
        "death.at_hospital": given.chance.random() < 0.5,
    }


def _marriage(given: Given) -> Form:
    chance, year = given.chance, given.chance.randint(90, 99)
    return {
        "registry.commune": given.commune,
        "bride.name": name_of(chance, woman=True),
        "bride.id": f"0791{year}{chance.randint(0, 999999):06}",
        "bride.born": f"19{year}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
        "groom.name": name_of(chance, woman=False),
        "groom.id": f"0750{year - 2}{chance.randint(0, 999999):06}",
        "groom.born": f"19{year - 2}-0{chance.randint(1, 9)}-2{chance.randint(0, 8)}",
        "marriage.lived_elsewhere": chance.random() < 0.3,
    }


def _single(given: Given) -> Form:
    told: Form = {"registry.commune": given.commune, "status.purpose": given.chance.choice(("marriage", "other"))}
    if told["status.purpose"] == "marriage":
        told["status.spouse_name"] = name_of(given.chance, woman=not given.who.woman)
    return told | {"status.was_married": given.chance.random() < 0.2}


def _extract(given: Given) -> Form:
    kind = given.chance.choice(("birth", "birth", "marriage", "death"))
    told = {"registry.commune": given.commune, "extract.kind": kind, "extract.person": given.who.name}
    return told | {"extract.year": str(given.chance.randint(1975, 2020)), "copies": given.chance.randint(1, 5)}


def _certified(given: Given) -> Form:
    paper = given.chance.choice(("Bằng tốt nghiệp đại học", "Căn cước công dân", "Giấy chứng nhận quyền sử dụng đất"))
    return {
        "paper.name": paper,
        "paper.pages": given.chance.randint(1, 12),
        "paper.copies": given.chance.randint(1, 6),
    }


def _register_copy(given: Given) -> Form:
    paper = given.chance.choice(("Quyết định giao đất năm 1996", "Giấy phép xây dựng", "Học bạ"))
    return {"registry.commune": given.commune, "register.paper": paper, "register.number": ""}


def _residence(given: Given) -> Form:
    return {
        "residence.commune": given.commune,
        "residence.address": given.who.address,
        "residence.owned": given.chance.random() < 0.5,
        "resident.name": given.who.name,
        "resident.born": given.who.born.isoformat(),
        "household.head": name_of(given.chance, woman=False),
    }


def _shop(given: Given) -> Form:
    trade = given.chance.choice(("Bán lẻ tạp hóa", "Quán cà phê", "Cắt tóc, gội đầu", "May đo quần áo", "Sửa xe máy"))
    return {
        "business.commune": given.commune,
        "business.name": f"Hộ kinh doanh {given.who.name}",
        "business.address": given.who.address,
        "business.sector": trade,
        "business.capital": given.chance.randint(2, 30) * 10_000_000,
        "business.workers": given.chance.randint(1, 6),
        "owner.name": given.who.name,
        "owner.id": given.who.identity,
        "business.by_members": given.chance.random() < 0.2,
    }


def _permit(given: Given) -> Form:
    floors, plot = given.chance.randint(1, 6), _area(given, 40, 180)
    return {
        "land.commune": given.commune,
        "land.parcel": _parcel(given),
        "land.address": given.who.address,
        "land.area": plot,
        "building.kind": "house",
        "building.floors": floors,
        "building.height": floors * 3.6,
        "building.area": round(plot * floors * 0.8, 1),
    }


def _extension(given: Given) -> Form:
    return {
        "land.commune": given.commune,
        "permit.number": f"{given.chance.randint(10, 980)}/GPXD",
        "permit.expires": (given.day + dt.timedelta(days=given.chance.randint(10, 60))).isoformat(),
        "permit.extended": given.chance.randint(0, 1),
    }


def _reissue(given: Given) -> Form:
    return {
        "land.commune": given.commune,
        "land.certificate": f"B{given.chance.choice('ABCDE')} {given.chance.randint(100000, 999999)}",
        "land.parcel": _parcel(given),
        "land.area": _area(given, 40, 400),
        "reissue.reason": given.chance.choice(("worn", "map", "merged")),
    }


def _first_land(given: Given) -> Form:
    return {
        "land.commune": given.commune,
        "land.parcel": _parcel(given),
        "land.area": _area(given, 40, 500),
        "land.use": given.chance.choice(("home", "home", "business")),
        "land.origin": "Đất do cha mẹ để lại, sử dụng ổn định từ năm 1992, không có tranh chấp.",
        "land.certificate": True,
    }


def _allocation(given: Given) -> Form:
    return {
        "land.commune": given.commune,
        "land.parcel": _parcel(given),
        "land.area": _area(given, 80, 900),
        "request.kind": given.chance.choice(("lease", "change")),
        "land.purpose": given.chance.choice(("Đất ở tại đô thị", "Đất thương mại, dịch vụ")),
        "land.home": given.chance.random() < 0.6,
    }


def _foreigner(given: Given) -> Form:
    name, nation = given.chance.choice(FOREIGNERS)
    return {
        "stay.commune": given.commune,
        "stay.address": address(given.chance),
        "foreigner.name": name,
        "foreigner.nationality": nation,
        "foreigner.passport": f"P{given.chance.randint(1000000, 9999999)}",
        "foreigner.born": str(given.chance.randint(1970, 1998)),
        "stay.reason": given.chance.choice(("work", "investment")),
        "stay.years": given.chance.randint(1, 5),
    }


def _card(given: Given) -> Form:
    return {
        "insured.commune": given.commune,
        "insured.name": name_of(given.chance, woman=True),
        "insured.born": _ago(given, 20, 900),
        "insured.clinic": "Trạm y tế phường Sài Gòn",
        "insured.paper": given.chance.random() < 0.5,
    }


def _leaving(given: Given) -> Form:
    return {
        "official.unit": "Phòng Kinh tế, Hạ tầng và Đô thị",
        "official.post": "Chuyên viên",
        "official.years": given.chance.randint(12, 34),
        "official.salary": given.chance.randint(80, 190) * 100_000,
        "leave.kind": given.chance.choice(("early_retirement", "severance")),
        "leave.date": min(given.day + dt.timedelta(days=40), dt.date(2026, 12, 31)).isoformat(),
    }


def _feedback(given: Given) -> Form:
    told = given.chance.choice(
        (
            ("delay", "Hồ sơ đã quá ngày hẹn mà chưa có ai báo cho tôi biết."),
            ("system", "Trang tra cứu không mở được trên điện thoại của tôi."),
            ("other", "Vỉa hè trước nhà bị đào lên đã hai tuần chưa lấp lại."),
            ("rule", "Đề nghị nhận hồ sơ cả sáng thứ Bảy để người đi làm nộp được."),
        )
    )
    return {"feedback.commune": given.commune, "feedback.about": told[0], "feedback.text": told[1]}


FORMS: Mapping[str, Callable[[Given], Form]] = {
    "1.000656": _death,
    "1.000894": _marriage,
    "1.001193": _birth,
    "1.001612": _shop,
    "1.003460": _foreigner,
    "1.004222": _residence,
    "1.004873": _single,
    "1.012783": _reissue,
    "1.013225": _permit,
    "1.013227": _extension,
    "1.013949": _allocation,
    "1.013978": _first_land,
    "1.115428": _allocation,
    "1.115438": _allocation,
    "2.000635": _extract,
    "2.000815": _certified,
    "2.000908": _register_copy,
    "2.002621": _family,
    "BHYT.TE6": _card,
    "CDCS.178": _leaving,
    "PAKN.01": _feedback,
}
"""How the form of each procedure is filled in. A shipped procedure without one fails a test."""


def papers_for(workflow: Workflow, form: Form, applicant: Mapping[str, Any], channel: str) -> list[dict[str, Any]]:
    """The papers that such a filing needs, all there."""
    known = {"applicant": {"kind": applicant["kind"]}, "dossier": {"channel": channel}}
    clean = workflow.validate_fields(form, facts=known)
    wanted = workflow.documents_required(workflow.facts({**nested(clean), **known}))
    return [
        {"key": key, "original": one.original, "certified": one.certified, "copy": one.copy}
        for key, one in wanted.items()
    ]
