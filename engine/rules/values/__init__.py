"""Values as people write them, and the one normal form in which each is stored, compared, searched and shown."""
