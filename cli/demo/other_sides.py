"""The other systems of ``motcua demo --connected``: what each is told about the demonstration, and what connects it.

To add one, write its ``Double`` here: its module below ``tests``, and a function that gives the settings.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from cli.demo import story
from cli.demo.people import OFFICES
from cli.demo.samples import result_on_paper
from engine.clock import LOCAL, utc_now

_CALLBACKS = "whsec_bW90IGN1YSBkZW1vbnN0cmF0aW9uIGNhbGxiYWNrcw=="  # between two programs of this machine
_SHARED = "a secret between the demonstration and its own provider"
_SAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The demonstration that is connected: its folder, its address, and the addresses of the doubles that run already.

    ``lively``: it lives in the present, and may be given samples. ``fresh``: the double knows nothing yet.
    """

    data: Path
    base: str
    addresses: Mapping[str, str]
    lively: bool
    fresh: bool


Connecting = Callable[[str, Place], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """One other system: its short name, its module, and what it is in two languages.

    ``connect`` tells the double at an address what it must know, and returns the settings of the installation.
    ``pages`` show it here; ``trial`` is what to try at ``{at}``.
    """

    name: str
    module: str
    what: str
    connect: Connecting
    pages: str
    trial: str


def _portal(address: str, place: Place) -> Mapping[str, str]:
    return {
        "MOTCUA_PORTAL_URL": address,
        "MOTCUA_PORTAL_USER": "motcua",
        "MOTCUA_PORTAL_PASSWORD": "portal-of-the-tests",
        "MOTCUA_PORTAL_AGENCY": "H79",
    }


def _filings(address: str, place: Place) -> Mapping[str, str]:
    if place.lively and place.fresh:
        _tell("POST", f"{address}/_double/filings", _sample_filings())
    return {"MOTCUA_FILINGS_URL": address, "MOTCUA_FILINGS_SECRET": _CALLBACKS}


def _payments(address: str, place: Place) -> Mapping[str, str]:
    """Every centre where the sample people work gets an account, unless the installation has content of its own."""
    back = f"{place.base}/api/v1/connections/payments"
    _tell("PUT", f"{address}/_double/settings", {"callback": back, "secret": _CALLBACKS})
    settings = {"MOTCUA_PAYMENT_URL": address, "MOTCUA_PAYMENT_SECRETS": _CALLBACKS}
    settings["MOTCUA_PAYMENT_TOKEN"] = "demonstration"  # noqa: S105 - the double takes any
    if os.environ.get("MOTCUA_CONTENT"):
        return settings
    accounts = place.data / "content" / "connections" / "accounts.csv"
    accounts.parent.mkdir(parents=True, exist_ok=True)
    offices = sorted({office for one in OFFICES for office, _ in one.places if office.startswith("TT-")})
    lines = [
        f"{office},970436,19000{number:04},{office},Ngân hàng mẫu,2025-07-01," for number, office in enumerate(offices)
    ]
    accounts.write_text("office,bin,number,holder,bank,valid_from,valid_to\n" + "\n".join(lines) + "\n", "utf-8")
    return settings | {"MOTCUA_CONTENT": str(accounts.parent.parent)}


def _population(address: str, place: Place) -> Mapping[str, str]:
    told: Mapping[str, Any] = story.APPLICANT
    known = {"citizenId": told["identity_number"], "fullName": told["name"], "dateOfBirth": "1990-11-04"}
    _tell("PUT", f"{address}/_double/people", [known | {"residence": "Số 1 đường Mẫu"}])
    return {"MOTCUA_POPULATION_URL": address}


def _authority(address: str, place: Place) -> Mapping[str, str]:
    roots = place.data / "doubles" / "authority" / "roots.pem"
    roots.write_bytes(_tell("GET", f"{address}/anchor.pem"))
    return {"MOTCUA_SIGNING_ROOTS": str(roots), "MOTCUA_SIGNING_TSA_URL": f"{address}/tsa"}


def _signer(address: str, place: Place) -> Mapping[str, str]:
    """Every leader among the sample people is known to the authority and to the provider."""
    signers = place.data / "doubles" / "signer" / "signers.csv"
    _tell("PUT", f"{address}/_double/options", {"secret": _SHARED, "callbacks": True})
    if not signers.exists():
        lines = ["username,credential"]
        for one in OFFICES:
            if any(role == "leader" for _, role in one.places):
                credential = "id" + "".join(sign for sign in one.username if sign.isalnum())
                certificates = f"{place.addresses['authority']}/_double/certificates"
                made = _tell("POST", certificates, {"name": one.name}).decode()
                _tell("POST", f"{address}/_double/signatories", {"credential": credential, "pem": made})
                lines.append(f"{one.username},{credential}")
        signers.write_text("\n".join(lines) + "\n", "utf-8")
    return {
        "MOTCUA_REMOTE_SIGNING_URL": address,
        "MOTCUA_REMOTE_SIGNING_SECRET": _SHARED,
        "MOTCUA_REMOTE_SIGNING_SIGNERS": str(signers),
    }


def _sample_filings() -> dict[str, Any]:
    """Building permits that were asked for on the portal and in VNeID this morning, and a mirrored dossier."""
    now, paper, form = utc_now().astimezone(LOCAL), result_on_paper(), story.permit_filing("")
    filed = f"{now - dt.timedelta(minutes=20):%Y%m%d%H%M%S}"
    told = {"KichThuoc": len(paper), "MaBam": hashlib.sha256(paper).hexdigest(), "DuongDan": "/tep/mau"}
    papers = [{"MaGiayTo": one["key"], "TenTepDinhKem": f"{one['key']}.pdf", **told} for one in form["documents"]]
    person = {"ChuHoSo": form["applicant"]["name"], "SoGiayToChuHoSo": form["applicant"]["identity_number"]}
    same = {"MaTTHC": form["procedure"], "MaCoQuan": "TT-26740", "NgayNopHoSo": filed, "LoaiDoiTuong": "1", **person}
    filings = [
        {
            **same,
            "MaHoSoTrucTuyen": f"MAU-{now:%Y%m%d}-{number}",
            "KenhThucHien": "4" if number % 2 else "2",
            "MaXa": "26740",
            "SoDienThoai": form["applicant"].get("phone", ""),
            "TaiKhoanDuocXacThucVoiVNeID": 1,
            "ToKhai": form["fields"],
            "TaiLieuNop": papers,
        }
        for number in range(_SAMPLES)
    ]
    mirror = {**same, "HeThong": "BO-MAU", "MaHoSo": "261234", "TrangThaiHoSo": "4", "KenhThucHien": "2"}
    return {
        "filings": filings,
        "papers": {"/tep/mau": {"content": paper.hex()}},
        "mirrors": [mirror | {"NgayTiepNhan": filed, "NgayHenTra": f"{now + dt.timedelta(days=9):%Y%m%d%H%M%S}"}],
    }


def _tell(method: str, address: str, body: object = None) -> bytes:
    """What the double answers. Raises urllib3's HTTPError where it does not."""
    answer = urllib3.request(method, address, json=body, timeout=20, retries=False)
    if answer.status not in (200, 204):
        raise urllib3.exceptions.HTTPError(f"{address} answered {answer.status}")
    return answer.data


_JSON = "-H 'Content-Type: application/json'"
DOUBLES = (
    Double(
        name="portal",
        module="tests.doubles.portal",
        what="Cổng Dịch vụ công quốc gia (the national portal)",
        connect=_portal,
        pages="/quan-tri/dong-bo",
        trial="curl {at}/_double/counts",
    ),
    Double(
        name="filings",
        module="tests.doubles.portal_filings",
        what="nơi người dân nộp trực tuyến, VNeID, hệ thống Bộ (where people file online; a ministry's system)",
        connect=_filings,
        pages="/ho-so-den, /quay",
        trial="curl {at}/_double/answers",
    ),
    Double(
        name="bank",
        module="tests.doubles.bank",
        what="cổng thanh toán và ngân hàng (payment gateway and bank)",
        connect=_payments,
        pages="/quan-tri/doi-soat",
        trial=f'curl -X POST {{at}}/_double/pay {_JSON} -d \'{{{{"reference": "…", "vnd": 75000, "tell": true}}}}\'',
    ),
    Double(
        name="population",
        module="tests.doubles.population",
        what="CSDL quốc gia về dân cư (population data)",
        connect=_population,
        pages="/quay/tiep-nhan",
        trial=f"{story.APPLICANT['name']}, {story.APPLICANT['identity_number']}",
    ),
    Double(
        name="authority",
        module="tests.doubles.authority",
        what="nơi cấp chứng thư, OCSP, dấu thời gian (certificate and timestamp authority)",
        connect=_authority,
        pages="",
        trial="curl {at}/anchor.pem",
    ),
    Double(
        name="signer",
        module="tests.doubles.remote_signer",
        what="nhà cung cấp ký số từ xa (remote signing)",
        connect=_signer,
        pages="/ky/tu-xa",
        trial=f"curl -X POST {{at}}/_double/confirmed {_JSON} -d '{{{{\"all\": true}}}}'",
    ),
)
"""In the order in which they start: the provider's people have certificates of the authority."""
