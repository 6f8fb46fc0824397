"""Two versions of a procedure side by side: what differs, whom it touches, and where each running dossier goes."""
