"""Programs that behave like the other side of a connection, each a process of its own, with faults on demand."""
