"""The page of one dossier, and a door for every act on it."""
