"""The REST interface under /api/v1: JSON in, JSON out, one resource a file. It imports the engine and nothing else of ours."""
