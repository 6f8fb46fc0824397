"""What the messages of other systems mean: one mapping file a connection, which an administrator can replace."""
