"""Packages for the archive: what goes into one, and how it is written (BagIt, RFC 8493)."""
