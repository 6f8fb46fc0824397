"""What a browser and its system are called, from the User-Agent header that it sends of itself."""

from __future__ import annotations

from engine.text import Text

_BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that matches counts: most browsers also call themselves Chrome or Safari."""
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_in_words(agent: str) -> Text:
    """The device in words.

    >>> device_in_words("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36").vi
    'Chrome trên Windows'
    >>> device_in_words("curl/8.5").en
    'Unknown device'
    """
    browser = next((name for sign, name in _BROWSERS if sign in agent), None)
    system = next((name for sign, name in _SYSTEMS if sign in agent), None)
    if browser is None and system is None:
        return Text("Thiết bị không rõ", "Unknown device")
    if browser is None or system is None:
        known = browser or system or ""
        return Text(known, known)
    return Text(f"{browser} trên {system}", f"{browser} on {system}")
