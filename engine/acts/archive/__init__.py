"""The way of a dossier after its end: packed, transferred with a receipt, and destroyed by schedule."""
