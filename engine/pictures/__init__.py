"""Pictures of procedures: a release as a graph, laid out, and drawn or written in the notations of the field."""
