"""The pages about the archive: what is due, packed, transferred and destroyed, and lists for destruction."""
