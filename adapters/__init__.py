"""Adapters: implementations of the Protocols of ``engine.ports``, and the server, log and PDF libraries of a process.

The engine imports none of them.
"""
