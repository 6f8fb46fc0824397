"""The pages about what went wrong: incidents by cause, and the health of the installation."""
