"""Units, competences and reorganisations."""
