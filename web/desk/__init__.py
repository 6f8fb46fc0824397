"""Pages for those who work on dossiers: counter, specialist, leader."""
