"""The pages of procedures for administrators."""
