"""OFFSET at the start of a subquery, which PostgreSQL then plans by itself instead of merging it into the outer one."""

from __future__ import annotations

from sqlalchemy import ColumnClause, literal_column

AT_ITS_START: ColumnClause[int] = literal_column("'0'")
"""A number in quotes is a constant from the beginning; a bare 0 would be converted first, and then the planner takes it
for a limit, under which nothing is read in parallel."""
