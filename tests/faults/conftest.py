"""Assertions beside the tests say as much as those in them."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.faults.crash_stage", "tests.faults.crash_stories_elsewhere")
pytest.register_assert_rewrite("tests.faults.crash_stories_reform", "tests.faults.tellers")
