"""Procedures for administrators: their versions, plans of new ones, the live diagram, and the catalogue."""
