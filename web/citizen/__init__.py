"""Pages for applicants: look up, status, supplement, result."""
