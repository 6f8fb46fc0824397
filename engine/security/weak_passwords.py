"""Passwords that are guessed first: common ones, names that everybody knows, keyboard rows, dates and repetitions.

The estimate is that of zxcvbn (MIT; its lists are the most frequent passwords of published breaches, English words and
names), with the words below and those of the caller. The Vietnamese words were gathered for this project.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import chain

from engine.text import Text

SHORTEST_PASSWORD = 10
ENOUGH = 3
"""zxcvbn's score from which a password withstands slow guessing of a stolen hash: more than 10^8 guesses."""
ENOUGH_BARE = 2
"""The least score without signs between the words, which hide known words from the estimate."""
_READ = 72  # characters that are rated; the time grows with the square
_WORDS = """
matkhau mat khau khongbiet khongcho toiyeuvietnam yeuvietnam vietnam vietnamvodich anhyeuem emyeuanh
iloveyou yeuem yeuanh nhoem chongyeu voyeu giadinh hanhphuc conyeu bame choem taisao khongquen
hochiminh saigon sai gon hanoi danang haiphong cantho hue nhatrang dalat vungtau bienhoa thuduc
ubnd uyban uybannhandan hdnd bophanmotcua dichvucong dvc hcc hanhchinhcong tthcc cong congan canbo chuyenvien
lanhdao tiepnhan vanthu giamdoc quantri quanly admin administrator nhanvien tester password welcome letmein
nguyen tran phan pham hoang huynh dang bui truong ngoc linh huong tuan hung dung minh thanh
zing zingme facebook google conmeo concho bongda langtu hoahong congchua hoangtu daiuy
mothaiba khongmothai bamuoi sinhnhat thang namcu mungxuan chucmungnammoi
"""
_PROVINCES = """
angiang bacgiang backan baclieu bacninh bariavungtau bentre binhdinh binhduong binhphuoc binhthuan camau
cantho caobang daklak daknong danang dienbien dongnai dongthap gialai hagiang haiduong haiphong hanam hanoi
hatinh haugiang hoabinh hochiminh hue hungyen khanhhoa kiengiang kontum laichau lamdong langson laocai longan
namdinh nghean ninhbinh ninhthuan phutho phuyen quangbinh quangnam quangngai quangninh quangtri soctrang sonla
tayninh thaibinh thainguyen thanhhoa tiengiang travinh tuyenquang vinhlong vinhphuc yenbai
"""  # also those of before July 2025; an installation may know a part of the country
_COMMON = (*_WORDS.split(), *_PROVINCES.split())
_NAMES = frozenset({"vietnam", "saigon", "matkhau", *_PROVINCES.split()})
"""What is no password with any digits and signs around it, like the words of the caller."""


def weakness_of(password: str, known: Collection[str] = ()) -> Text | None:
    """Why a password is refused; None for a good one.

    ``known`` are words that whoever guesses would try: the account, the person, offices and places, without accents.

    >>> weakness_of("1234567890").en
    'is among the first that are guessed: take several unrelated words'
    """
    if len(password) < SHORTEST_PASSWORD:
        return Text(f"ít nhất {SHORTEST_PASSWORD} ký tự", f"at least {SHORTEST_PASSWORD} characters")
    words = list(dict.fromkeys(word for word in chain(known, _COMMON) if len(word) > 2))
    plain = _unaccented(password)
    bare = joined(password)
    named = re.sub(r"[0-9]", "", bare) in _NAMES.union(known)
    typed = [*words, "motcua"]
    hidden = any(len(word) > 3 and word in bare for word in known) and _score(bare, words) < ENOUGH_BARE
    if named or hidden or min(_score(one, typed) for one in {password, plain}) < ENOUGH:
        return Text(
            "nằm trong số những mật khẩu bị đoán đầu tiên: hãy dùng vài từ không liên quan nhau",
            "is among the first that are guessed: take several unrelated words",
        )
    return None


def known_words(*phrases: str) -> list[str]:
    """The words of names for ``weakness_of``: each phrase, its endings and its words, without accents and spaces.

    >>> known_words("Phường Sài Gòn")
    ['phuongsaigon', 'saigon', 'gon', 'phuong', 'sai', 'gon']
    """
    found = []
    for phrase in phrases:
        parts = re.findall(r"[a-z0-9]+", _unaccented(phrase))
        found += ["".join(parts[begin:]) for begin in range(len(parts))] + parts
    return found


def joined(phrase: str) -> str:
    """A name as one word, without accents and spaces.

    >>> joined("Tiền Giang")
    'tiengiang'
    """
    return re.sub(r"[^a-z0-9]", "", _unaccented(phrase))


def _score(password: str, words: list[str]) -> int:
    from zxcvbn import zxcvbn  # late: most commands rate no password, and its lists take a while to read

    return int(zxcvbn(password[:_READ], user_inputs=words)["score"])


def _unaccented(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(one for one in decomposed if unicodedata.category(one) != "Mn").replace("đ", "d")
