"""Filings that another system took: how its messages are read, and which office of the day they are for."""
