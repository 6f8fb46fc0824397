"""Form values as JSON: numbers with decimal places come through, and what is no number does not."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from server.values import FormValues


@pytest.mark.parametrize(("given", "taken"), [(85.4, 85.4), (85.0, 85), ("85,4", "85,4"), (85, 85), (None, None)])
def test_numbers_with_decimal_places_come_through(given: Any, taken: Any) -> None:
    assert FormValues().deserialize({"land.area": given}) == {"land.area": taken}


@pytest.mark.parametrize("given", [float("nan"), float("inf"), -1e300, 1e17, [1], {"a": 1}])
def test_what_is_no_number_or_too_large_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError):
        FormValues().deserialize({"land.area": given})
