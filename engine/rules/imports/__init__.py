"""Dossiers of a predecessor system as rows of a CSV file: how they map to ours, and what is wrong with a row."""
