"""Payments from elsewhere: accounts, transfer codes, references, what the other side's messages mean, bank files."""
