"""Lets a version of a procedure take effect exactly as planned, and takes that back."""
