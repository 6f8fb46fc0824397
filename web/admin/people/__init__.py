"""The pages about the staff: people, roles, deputies, ways to sign in, proposals, their journal, and the import."""
