"""The checks of uploaded files, one module a kind: what a file must be, and what it must not carry."""
