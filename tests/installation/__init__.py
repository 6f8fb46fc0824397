"""Everything that the tests and the benchmarks share to stand up an installation: content, people, databases, ways in.

Unit tests use only the modules that hold plain data: ``releases``, ``land_release``, ``trial_release``,
``short_releases``, ``places`` and ``offices``.
"""
