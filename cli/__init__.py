"""The ``motcua`` command, one group a file. This package also chooses the adapters and composes each process."""
