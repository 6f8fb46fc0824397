"""The handbook, shown where it is needed."""
