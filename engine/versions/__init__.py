"""Plans that let a version of a procedure take effect: made over running dossiers, written to and read from files."""
