"""The ``motcua`` command, one group a file. It is the room that chooses adapters and composes a process."""
