"""Sample workflow files and the surroundings they are checked in."""
