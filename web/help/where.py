"""Which section of the handbook is about a page: each page's help link leads there."""

from __future__ import annotations

import re

from web.help.book import ADDRESS

_SECTIONS = (
    (r"/quay/tiep-nhan.*", "clerk#receive"),
    (r"/quay/phim-tat", "clerk#keys"),
    (r"/quay.*", "clerk#today"),
    (r"/ho-so-den.*", "administrator#filings"),
    (r"/ho-so(/bo-loc.*|/chon)?", "clerk#queue"),
    (r"/viec.*", "clerk#batch"),
    (r"/in.*|/ho-so/[^/]+/in.*", "clerk#print"),
    (r"/tra-ket-qua.*", "clerk#return"),
    (r"/so-dang-ky.*", "clerk#register"),
    (r"/bao-cao/dang-ky.*", "leader#reports-by-mail"),
    (r"/bao-cao.*", "leader#reports"),
    (r"/tai-khoan/hai-lop.*|/dang-nhap/ma-xac-thuc", "leader#second-factor"),
    (r"/tai-khoan.*|/dang-nhap.*", "clerk#sign-in"),
    (r"/ky.*", "leader#sign"),
    (r"/xac-minh.*", "specialist#verify"),
    (r"/quan-tri/thu-tuc/soan", "administrator#drafts"),
    (r"/quan-tri/thu-tuc/soan/.*", "administrator#editor"),
    (r"/quan-tri/thu-tuc/thu", "administrator#simulator"),
    (r"/so-do.*|/ho-so/[^/]+/so-do", "administrator#diagram"),
    (r"/quan-tri/thu-tuc/[^/]+/so-sanh", "administrator#compare"),
    (r"/quan-tri/thu-tuc/[^/]+/kiem-tra", "administrator#checks"),
    (r"/quan-tri/thu-tuc/[^/]+/neu-nhu", "administrator#what-if"),
    (r"/quan-tri/thu-tuc/[^/]+/danh-muc", "administrator#catalogue"),
    (r"/quan-tri/thu-tuc(/[^/]+)?", "administrator#procedures"),
    (r"/quan-tri/ke-hoach/nhap/.*", "administrator#apply"),
    (r"/quan-tri/ke-hoach/\d.*", "administrator#take-back"),
    (r"/quan-tri/ke-hoach.*", "administrator#plan"),
    (r"/ho-so/[^/]+/nguoi-nop", "specialist#personal-data"),
    (r"/ho-so/[^/]+/lam/step/ask", "specialist#ask"),
    (r"/ho-so/[^/]+/lam/step/forward", "clerk#forward"),
    (r"/ho-so/[^/]+/lam/(ask|answer).*", "specialist#verify"),
    (r"/ho-so/[^/]+/lam/(claim|give-back|assign)", "specialist#claim"),
    (r"/ho-so/[^/]+/lam/free-claim", "leader#free"),
    (r"/ho-so/[^/]+/lam/extend", "specialist#extend"),
    (r"/ho-so/[^/]+/lam/(transfer|recall)", "specialist#transfer"),
    (r"/ho-so/[^/]+/lam/(note|link)", "specialist#notes"),
    (r"/ho-so/[^/]+/lam/(fee|refund|correct-fee|cancel-fee).*", "leader#waive"),
    (r"/ho-so/[^/]+/lam/reissue.*", "clerk#print"),
    (r"/ho-so.*", "specialist#dossier"),
    (r"/quan-tri/luu-tru.*", "administrator#archive"),
    (r"/su-co.*", "administrator#incidents"),
    (r"/quan-tri/doi-soat.*", "administrator#reconciliation"),
    (r"/quan-tri/dong-bo.*", "administrator#synchronisation"),
    (r"/quan-tri/ho-so-ngoai.*", "administrator#mirrors"),
    (r"/quan-tri/co-quan.*", "administrator#offices"),
    (r"/quan-tri", "administrator#overview"),
    (r"/quan-tri/can-bo/nhap.*", "administrator#import"),
    (r"/quan-tri/can-bo/nhat-ky", "administrator#staff-journal"),
    (
        r"/quan-tri/can-bo/de-nghi.*|/quan-tri/can-bo/[^/]+/lam/(de-nghi|thoi)-quan-tri",
        "administrator#two-administrators",
    ),
    (r"/quan-tri/can-bo/[^/]+/lam/(mat-khau|hai-lop)", "administrator#way-in"),
    (r"/quan-tri/can-bo/(them)?|/quan-tri/can-bo", "administrator#staff"),
    (r"/quan-tri/can-bo/.*", "administrator#roles"),
    (r"/quan-tri/sap-xep.*", "administrator#reorganisation"),
    (r"/quan-tri/don-vi", "administrator#units"),
    (r"/quan-tri/tham-quyen", "administrator#competences"),
    (r"/", "citizen#look-up"),
    (r"/trung-tam.*", "citizen#centres"),
    (r"/thu-tuc.*", "citizen#procedures"),
    (r"/h/[^/]+/bo-sung", "citizen#supplement"),
    (r"/h/[^/]+/ket-qua", "citizen#result"),
    (r"/h/[^/]+/thong-bao", "citizen#notices"),
    (r"/h/[^/]+/tin-nhan.*", "citizen#messages"),
    (r"/h/[^/]+/viec/.*", "citizen#withdraw"),
    (r"/h/[^/]+/(phan-anh|danh-gia)", "citizen#rate"),
    (r"/h/[^/]+/bang-chung.*", "citizen#proof"),
    (r"/kiem-tra/.*", "citizen#proof"),
    (r"/h/.*", "citizen#status"),
)


def section_for(path: str) -> str:
    """The chapter and section about a page; empty where there is none.

    >>> section_for("/ho-so"), section_for("/h/H79.26740-260302-0001/bo-sung"), section_for("/elsewhere")
    ('clerk#queue', 'citizen#supplement', '')
    """
    return next((section for pattern, section in _SECTIONS if re.fullmatch(pattern, path)), "")


def help_for(path: str) -> str:
    """The address of the help about a page: its section, else the book's first page."""
    section = section_for(path)
    return f"{ADDRESS}/{section}" if section else ADDRESS
