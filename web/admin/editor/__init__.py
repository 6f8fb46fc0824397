"""The editor of workflow files, and the simulator: procedures before they are published."""
