"""The REST interface under /api/v1: JSON in, JSON out, one resource a file.

It imports ``server`` and the engine, of which it uses the acts and the queries but neither tables nor SQL.
"""
