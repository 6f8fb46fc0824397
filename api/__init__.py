"""The REST interface under /api/v1: JSON in, JSON out, one resource a file. Of ours it imports the engine only."""
