"""Procedures as files, the authors' room: reading, checking and explaining them. It imports engine.rules only."""
