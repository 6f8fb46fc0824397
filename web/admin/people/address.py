"""The address of the pages about the staff."""

HERE = "/quan-tri/can-bo"
