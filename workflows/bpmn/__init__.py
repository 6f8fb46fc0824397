"""Reads a BPMN 2.0 diagram (OMG formal/2013-12-09) and writes the draft of a procedure.

``draft.draft_of`` does all of it. ``markup`` reads the XML safely, ``processes`` chooses the process, ``diagram``
finds its parts, ``ways`` and ``steps`` follow the flows from its start, ``assembled`` makes states, actions and roles
of them, and ``written`` writes the file. Nothing is guessed silently: what the diagram holds and the draft does not,
and what the draft holds and the diagram does not, is a finding.
"""
