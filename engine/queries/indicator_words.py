"""What the indicators of reports are called, what they are computed from, and which ones the data cannot give.

The rules are in ``engine.store.indicator_rules`` (over dossiers) and ``engine.queries.indicators`` (over procedures).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from engine.text import Text

Group = Literal["publicity", "progress", "online", "payment", "digitisation", "satisfaction", "other"]
GROUPS: Final[dict[Group, Text]] = {
    "publicity": Text("Công khai, minh bạch", "Publicity"),
    "progress": Text("Tiến độ giải quyết", "Progress"),
    "online": Text("Dịch vụ công trực tuyến", "Online service"),
    "payment": Text("Thanh toán trực tuyến", "Online payment"),
    "digitisation": Text("Số hóa hồ sơ", "Digitisation"),
    "satisfaction": Text("Mức độ hài lòng", "Satisfaction"),
    "other": Text("Chỉ tiêu khác", "Other indicators"),
}
"""The groups of the index of Decision 766/QĐ-TTg as run on the national portal since 2026, and one for the others."""

Kind = Literal["dossiers", "procedures", "days"]
"""A share of dossiers, a share of procedures, or a mean number of days over dossiers."""
_SOURCE: Final = "Quyết định 766/QĐ-TTg (2022), cách tính của Cổng Dịch vụ công quốc gia, tháng 10/2026 [M]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator: its ``number`` in the decision where it has one, and its formula in words."""

    key: str
    number: str | None
    group: Group
    kind: Kind
    name: Text
    formula: Text
    source: str = _SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A part of the index that nothing in this system can be counted for, and why."""

    key: str
    group: Group
    name: Text
    why: Text


def _of(
    key: str, number: str | None, group: Group, kind: Kind, name: tuple[str, str], formula: tuple[str, str]
) -> Indicator:
    return Indicator(key=key, number=number, group=group, kind=kind, name=Text(*name), formula=Text(*formula))


INDICATORS: Final = (
    _of(
        "published_on_time",
        None,
        "publicity",
        "procedures",
        ("Công bố đúng hạn", "Published on time"),
        (
            "Phiên bản thủ tục công bố tại đây ít nhất 5 ngày làm việc trước ngày có hiệu lực ÷ phiên bản có hiệu lực "
            "trong kỳ",
            "Versions of procedures published here at least 5 working days before they came into force ÷ versions that "
            "came into force in the period",
        ),
    ),
    _of(
        "content_complete",
        None,
        "publicity",
        "procedures",
        ("Nội dung công khai đầy đủ", "Content complete"),
        (
            "Thủ tục có căn cứ pháp lý, giấy tờ, phí và thời hạn đã được kiểm tra ÷ thủ tục đang có hiệu lực",
            "Procedures whose legal grounds are named and whose papers, fees and time limit are verified ÷ procedures "
            "in force",
        ),
    ),
    _of(
        "synchronised",
        None,
        "publicity",
        "dossiers",
        ("Hồ sơ đồng bộ đúng lúc", "Dossiers synchronised on time"),
        (
            "Hồ sơ mà Cổng Dịch vụ công quốc gia có đúng như tại đây và biết đúng lúc ÷ hồ sơ tiếp nhận trong kỳ, "
            "không kể hồ sơ do hệ thống khác giải quyết; hồ sơ chỉ Cổng có thì xem trang Đồng bộ",
            "Dossiers that the national portal knows as they are here, and learned of on time ÷ dossiers received "
            "in the period, without those that another system has; what the portal alone has is on the page "
            "Synchronisation",
        ),
    ),
    _of(
        "on_time",
        "2.1",
        "progress",
        "dossiers",
        ("Hồ sơ đúng hạn", "Dossiers on time"),
        (
            "Hồ sơ đúng hạn ÷ hồ sơ tiếp nhận trong kỳ; bổ sung quá một lần mà chưa xong là trễ hạn",
            "Dossiers on time ÷ dossiers received in the period; one that was asked for supplements more than once and "
            "has not ended is late",
        ),
    ),
    _of(
        "offered_online",
        None,
        "online",
        "procedures",
        ("Thủ tục cung cấp trực tuyến", "Procedures offered online"),
        (
            "Thủ tục nhận hồ sơ qua cổng ÷ thủ tục đang có hiệu lực",
            "Procedures that take filings over the portal ÷ procedures in force",
        ),
    ),
    _of(
        "online_with_dossiers",
        None,
        "online",
        "procedures",
        ("Dịch vụ trực tuyến có hồ sơ", "Online services with dossiers"),
        (
            "Thủ tục trực tuyến có hồ sơ nộp qua cổng trong kỳ ÷ thủ tục nhận hồ sơ qua cổng",
            "Procedures with dossiers filed over the portal in the period ÷ procedures that take filings over it",
        ),
    ),
    _of(
        "filed_online",
        None,
        "online",
        "dossiers",
        ("Hồ sơ nộp trực tuyến", "Dossiers filed online"),
        ("Hồ sơ nộp qua cổng ÷ hồ sơ nộp trong kỳ", "Dossiers filed over the portal ÷ dossiers filed in the period"),
    ),
    _of(
        "procedures_paid_online",
        None,
        "payment",
        "procedures",
        ("Thủ tục có thanh toán trực tuyến", "Procedures with online payments"),
        (
            "Thủ tục có khoản nộp qua cổng ÷ thủ tục có hồ sơ phải nộp phí tiếp nhận trong kỳ",
            "Procedures with a payment over the portal ÷ procedures with dossiers received in the period that owe a "
            "fee",
        ),
    ),
    _of(
        "paid_online",
        "3.6",
        "payment",
        "dossiers",
        ("Hồ sơ thanh toán trực tuyến", "Dossiers paid online"),
        (
            "Hồ sơ nộp phí qua cổng ÷ hồ sơ tiếp nhận trong kỳ có phí phải nộp",
            "Dossiers whose fee was paid over the portal ÷ dossiers received in the period that owe a fee",
        ),
    ),
    _of(
        "electronic_result",
        None,
        "digitisation",
        "dossiers",
        ("Kết quả điện tử", "Electronic result"),
        (
            "Hồ sơ có kết quả ký số ÷ hồ sơ có kết quả trong kỳ",
            "Dossiers with a digitally signed result ÷ dossiers whose result was ready in the period",
        ),
    ),
    _of(
        "digitised",
        "4.2",
        "digitisation",
        "dossiers",
        ("Hồ sơ được số hóa", "Dossiers digitised"),
        (
            "Hồ sơ có tệp của giấy tờ và tệp của kết quả ÷ hồ sơ có kết quả trong kỳ",
            "Dossiers with a file of a paper and a file of the result ÷ dossiers whose result was ready in the period",
        ),
    ),
    _of(
        "reused",
        "4.3",
        "digitisation",
        "dossiers",
        ("Hồ sơ dùng lại giấy tờ", "Dossiers that reuse papers"),
        (
            "Hồ sơ dùng lại giấy tờ của hồ sơ trước ÷ hồ sơ tiếp nhận trong kỳ",
            "Dossiers with a paper taken over from an earlier dossier ÷ dossiers received in the period",
        ),
    ),
    _of(
        "satisfied",
        None,
        "satisfaction",
        "dossiers",
        ("Người nộp hài lòng", "Applicants satisfied"),
        (
            "Đánh giá 4 hoặc 5 điểm ÷ đánh giá trong kỳ; mỗi hồ sơ hỏi một điểm chung",
            "Ratings of 4 or 5 ÷ ratings given in the period; one mark is asked for the whole service",
        ),
    ),
    _of(
        "mean_time",
        "2.2",
        "other",
        "days",
        ("Thời gian giải quyết trung bình", "Mean time"),
        (
            "Tổng số ngày từ tiếp nhận đến khi có kết quả ÷ hồ sơ có kết quả trong kỳ",
            "Days from reception to the result in all ÷ dossiers whose result was ready in the period",
        ),
    ),
    _of(
        "online_with_electronic_result",
        "3.3",
        "other",
        "dossiers",
        ("Nộp trực tuyến, kết quả điện tử", "Filed online with an electronic result"),
        (
            "Hồ sơ nộp qua cổng có kết quả ký số ÷ hồ sơ nộp qua cổng có kết quả trong kỳ",
            "Dossiers filed over the portal with a digitally signed result ÷ those whose result was ready in the "
            "period",
        ),
    ),
    _of(
        "result_with_file",
        "4.1",
        "other",
        "dossiers",
        ("Kết quả có tệp", "Result with a file"),
        (
            "Hồ sơ có tệp của kết quả ÷ hồ sơ có kết quả trong kỳ",
            "Dossiers with a file of the result ÷ dossiers whose result was ready in the period",
        ),
    ),
)
"""Every indicator that is counted, in the order of the index."""


def _not(key: str, group: Group, name: tuple[str, str], why: tuple[str, str]) -> Missing:
    return Missing(key=key, group=group, name=Text(*name), why=Text(*why))


MISSING: Final = (
    _not(
        "updated_on_time",
        "publicity",
        ("Cập nhật đúng hạn", "Updated on time"),
        ("chưa ghi ngày ký quyết định công bố", "the day of the deciding document is not recorded"),
    ),
    _not(
        "payment_offered",
        "payment",
        ("Thủ tục cho nộp phí trực tuyến", "Procedures that offer online payment"),
        ("quy trình không ghi thủ tục nào cho nộp qua cổng", "no workflow file says where payment online is offered"),
    ),
    _not(
        "personal_store",
        "digitisation",
        ("Đồng bộ kho dữ liệu cá nhân", "Personal store synchronised"),
        ("chưa nối với kho dữ liệu điện tử cá nhân", "there is no connection to the personal data stores"),
    ),
    _not(
        "citizen_data",
        "digitisation",
        ("Khai thác dữ liệu dân cư (4.4, 4.5)", "Population data used (4.4, 4.5)"),
        (
            "chưa nối với kho quốc gia và Cơ sở dữ liệu dân cư",
            "there is no connection to the national store and the population database",
        ),
    ),
    _not(
        "certified_copies",
        "digitisation",
        ("Chứng thực bản sao điện tử", "Electronic certified copies"),
        ("hồ sơ không ghi bản chứng thực là điện tử hay giấy", "no dossier records whether a certified copy is a file"),
    ),
    _not(
        "feedback",
        "satisfaction",
        ("Xử lý phản ánh, kiến nghị đúng hạn", "Feedback answered on time"),
        (
            "phản ánh, kiến nghị do hệ thống khác tiếp nhận",
            "petitions about the authorities are taken in by another system",
        ),
    ),
    _not(
        "handling",
        "satisfaction",
        ("Hài lòng về việc giải quyết", "Satisfaction with the handling"),
        ("không hỏi riêng tiếp nhận và giải quyết", "receiving and handling are not rated apart"),
    ),
)
"""The parts of the index that are not counted; a report names them, so that no total is taken for the whole."""
