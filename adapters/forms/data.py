"""The types of the data with which the printed forms are filled.

The list of forms is that of Circular 03/2025/TT-VPCP, Annex I. Their fields and wording follow the forms of Circular
01/2018/TT-VPCP and are not yet compared with the 2025 annex: compare them before printing for the public.

Every value is ready for paper: a moment is already a Vietnamese text (``08 giờ 15 phút, ngày 01 tháng 7 năm 2025``).
An empty text prints as a dotted line to be filled in by hand, or leaves out its line where the form allows it.
Texts are data: nothing in them is interpreted as layout.
"""

from __future__ import annotations

import msgspec


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base of form data. An unknown key is refused, so that a misspelt one cannot print as a gap."""


class Head(Part, frozen=True, kw_only=True):
    """The head of every form: ``authority`` (the body above, UBND phường …) and ``unit`` (the centre that receives) on
    the left with ``number`` (``12/TNHS``); ``place`` and ``date`` (``ngày 01 tháng 7 năm 2025``) on the right.
    ``other_names`` are sentences with today's names of the places and offices on the form, printed above the
    signatures.

    The rest is what the issue adds: ``edition`` of the templates, the moment ``issued_at`` (ISO 8601, the creation date
    of the file), ``replaces`` (``Cấp lần 2, thay bản cấp lần 1 …``) and ``made`` (that it was made later than its day).
    """

    authority: str
    unit: str
    number: str = ""
    place: str
    date: str
    other_names: tuple[str, ...] = ()
    edition: int = 1
    issued_at: str = ""
    replaces: str = ""
    made: str = ""


class Applicant(Part, frozen=True, kw_only=True):
    """The applicant. ``former_address`` is the same place under the names before a reorganisation. It is printed beside
    the address, so that the applicant need not prove that both are one."""

    name: str
    address: str = ""
    former_address: str = ""
    phone: str = ""
    email: str = ""


class Paper(Part, frozen=True, kw_only=True):
    """A paper handed in, with the number of each kind of it."""

    name: str
    originals: int = 0
    certified: int = 0
    copies: int = 0


class Receipt(Part, frozen=True, kw_only=True):
    """01, Giấy tiếp nhận hồ sơ và hẹn trả kết quả.

    ``status_url`` is the citizen's own page, as QR code (no code when empty); ``receipt_code`` goes with the dossier
    code where the link is not enough. ``request`` is the procedure's name, ``term`` the time limit by rule
    (``20 ngày làm việc``), ``collect`` the place or way in which the result is received, ``fees`` a line such as
    ``150.000 đồng (đã nộp)``.
    """

    head: Head
    code: str
    status_url: str = ""
    receipt_code: str = ""
    applicant: Applicant
    request: str
    papers: tuple[Paper, ...] = ()
    sets: int = 1
    term: str
    received: str
    due: str
    collect: str = ""
    fees: str = ""
    register_volume: str = ""
    register_line: str = ""
    submitter: str = ""
    receiver: str = ""


class SupplementRequest(Part, frozen=True, kw_only=True):
    """02, Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ. ``items`` is everything to complete, all at once; ``reason`` is left
    out when empty (the items say it all); ``before`` is the moment when the dossier stops without it, ``contact`` and
    ``contact_phone`` the person for questions."""

    head: Head
    code: str = ""
    applicant: Applicant
    request: str
    items: tuple[str, ...]
    reason: str
    before: str = ""
    contact: str = ""
    contact_phone: str = ""
    signer: str = ""


class RefusalToReceive(Part, frozen=True, kw_only=True):
    """03, Phiếu từ chối tiếp nhận giải quyết hồ sơ."""

    head: Head
    code: str = ""
    applicant: Applicant
    request: str
    reason: str
    contact: str = ""
    contact_phone: str = ""
    signer: str = ""


class Apology(Part, frozen=True, kw_only=True):
    """04, Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết. ``due`` is the appointment that is not kept,
    ``new_due`` the new one, or in a pause the time added (``+5 ngày làm việc, ngày hẹn báo sau``), left out when empty;
    ``signer_title`` the title of the signer (``CHỦ TỊCH``). ``office`` is
    the deciding office as running text names it, ``received_by`` the office that received the dossier."""

    head: Head
    office: str = ""
    received_by: str = ""
    code: str
    applicant: Applicant
    request: str
    received: str
    due: str
    reason: str
    new_due: str
    signer_title: str = "THỦ TRƯỞNG CƠ QUAN"
    signer: str = ""


class StopNotice(Part, frozen=True, kw_only=True):
    """05, Thông báo dừng giải quyết hồ sơ. ``ground`` is the legal ground, ``next_steps`` what the applicant may do,
    ``office`` the deciding office as running text names it."""

    head: Head
    office: str = ""
    code: str
    applicant: Applicant
    request: str
    received: str
    ground: str
    reason: str
    next_steps: str = ""
    signer_title: str = "THỦ TRƯỞNG CƠ QUAN"
    signer: str = ""


class Handover(Part, frozen=True, kw_only=True):
    """One hand-over of the dossier: giver, taker and moments. ``result`` is ``Trước hạn``, ``Đúng hạn`` or ``Quá hạn``
    of the step that ended with it, empty at the first."""

    giver: str
    taker: str
    given: str
    taken: str = ""
    result: str = ""
    note: str = ""


class ControlSheet(Part, frozen=True, kw_only=True):
    """06, Phiếu kiểm soát quá trình giải quyết hồ sơ, in the order of the hand-overs."""

    head: Head
    code: str
    applicant: Applicant
    request: str
    received: str
    due: str
    deciding: str
    coordinating: tuple[str, ...] = ()
    handovers: tuple[Handover, ...] = ()


class RegisterLine(Part, frozen=True, kw_only=True):
    """One dossier in the register. ``way`` is how the result is returned."""

    line: int
    code: str
    request: str
    sets: int = 1
    applicant: str
    address: str = ""
    phone: str = ""
    deciding: str
    received: str
    due: str
    returned: str = ""
    way: str = ""
    note: str = ""


class Register(Part, frozen=True, kw_only=True):
    """07, Sổ theo dõi hồ sơ, one volume or a period of it (``Từ ngày 01/7/2025 đến ngày 31/7/2025``)."""

    head: Head
    volume: str = ""
    period: str = ""
    lines: tuple[RegisterLine, ...] = ()


FormData = Receipt | SupplementRequest | RefusalToReceive | Apology | StopNotice | ControlSheet | Register

FORM_DATA: dict[str, type[FormData]] = {
    "01": Receipt,
    "02": SupplementRequest,
    "03": RefusalToReceive,
    "04": Apology,
    "05": StopNotice,
    "06": ControlSheet,
    "07": Register,
}
