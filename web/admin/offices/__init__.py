"""The pages about the working time of offices."""
