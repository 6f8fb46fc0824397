"""Known kinds of file that are not taken, each with what the sender can do, and names that contradict the content."""

from __future__ import annotations

import re

from engine.rules.files.refusals import UnacceptableFile, change, unacceptable
from engine.text import Text

_PHONE = Text(
    "Trên iPhone: Cài đặt › Camera › Định dạng › Tương thích nhất, rồi chụp lại; hoặc chụp màn hình ảnh và gửi ảnh đó",
    "On an iPhone choose Settings › Camera › Formats › Most Compatible and take it again; or send a screenshot of it",
)
_SAVE = Text(
    "Hãy mở ảnh, lưu lại thành JPEG, PNG hoặc PDF, rồi gửi tệp mới",
    "Open it, save it as JPEG, PNG or PDF, and send that",
)
_SCAN = Text(
    "Hãy chọn PDF hoặc JPEG khi quét, hoặc mở ảnh và lưu lại thành PDF",
    "Choose PDF or JPEG when scanning, or open it and save it as PDF",
)
_OLD = Text("Hãy mở tệp, lưu lại thành PDF, rồi gửi tệp PDF đó", "Open it, save it as PDF, and send that")
_UNPACK = Text("Hãy giải nén và gửi từng tệp", "Unpack it and send each file by itself")

_STARTS: tuple[tuple[tuple[bytes, ...], str, Text], ...] = (
    ((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"), "TIFF", _SCAN),
    ((b"GIF87a", b"GIF89a"), "GIF", _SAVE),
    ((b"BM",), "BMP", _SAVE),
    ((b"\x00\x00\x00\x0cJXL ", b"\xff\x0a", b"\x00\x00\x00\x0cjP  ", b"8BPS"), "JPEG XL, JPEG 2000, PSD", _SAVE),
    ((b"\xd0\xcf\x11\xe0",), "DOC, XLS", _OLD),
    ((b"{\\rtf",), "RTF", _OLD),
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"PK\x05\x06", b"PK\x07\x08"), "ZIP, RAR, 7z", _UNPACK),
)
_HEIC = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"))

_ENDINGS = {
    "pdf": {"pdf"},
    "jpg": {"jpg", "jpeg", "jpe", "jfif"},
    "png": {"png"},
    "docx": {"docx"},
    "xlsx": {"xlsx"},
    "odt": {"odt"},
}
_KNOWN_ENDINGS = re.compile(
    "pdf|jpe?g|jpe|jfif|png|do[ct][xm]?|xls[xmb]?|xlt[xm]?|pp[ts][xm]?|rtf|txt|csv|xml|od[tspg]|ott|hei[cf]|avif|tiff?"
    "|gif|bmp|webp|svg|psd|mp[34]|mov|avi|zip|rar|7z|gz|tar|iso|img|cab|x?html?|mhtml?|hta|url|m?js|jse|vb[se]|ws[fh]"
    "|php|phtml|phar|aspx?|jsp|cgi|py|pl|rb|sh|bash|psm?1|bat|cmd|com|exe|scr|pif|ms[ip]|dll|sys|cpl|lnk|reg|inf|jar"
    "|class|apk|app|dmg|deb|rpm|bin|swf|chm|hlp|iqy|slk|wasm"
)
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})[\s.]*$")


def other_kind(content: bytes) -> UnacceptableFile:
    """The refusal of a file that is of no accepted type: by its kind, where that is known."""
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return change("ảnh HEIC (HEIF) của điện thoại", "it is a HEIC (HEIF) picture of a phone", _PHONE)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _named("WebP", _SAVE)
    for starts, name, do in _STARTS:
        if content.startswith(starts):
            return _named(name, do)
    return unacceptable("không thuộc loại được nhận", "it is of another kind")


def must_match_name(name: str, extension: str) -> None:
    """Requires that the sender's name for a file does not end like a file of another kind. Raises UnacceptableFile."""
    found = _ENDING.search(name)
    ending = found[1].lower() if found else ""
    if _KNOWN_ENDINGS.fullmatch(ending) and ending not in _ENDINGS[extension]:
        raise unacceptable(
            f"tên tệp kết thúc bằng .{ending} nhưng nội dung là {extension.upper()}; hãy đặt lại tên cho đúng",
            f"its name ends in .{ending}, but it is {extension.upper()}; give it the right name",
        )


def _named(kind: str, do: Text) -> UnacceptableFile:
    return change(f"tệp {kind}", f"it is a file of kind {kind}", do)
