"""Pages for citizens and staff, rendered by the server on the acts and queries that the API uses too."""
