"""How a published telephone number is dialled from a page."""

from __future__ import annotations

import pytest

from web.text import dialled


@pytest.mark.parametrize(
    ("published", "number"),
    [
        ("028 3822 1234", "02838221234"),
        ("(028) 3822.1234 (giờ hành chính)", "02838221234"),
        ("+84 28 3822-1234", "+842838221234"),
        ("0000 026 740 (số minh họa)", "0000026740"),
        ("1022", "1022"),
    ],
)
def test_only_what_is_dialled_is_left(published: str, number: str) -> None:
    assert dialled(published) == number
