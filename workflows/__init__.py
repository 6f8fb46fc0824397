"""Procedures as files: the authors' room. Reading, checking and explaining workflow files; it imports engine.rules only."""
