"""Adapters: what implements the Protocols of the engine, and the server, log and PDF libraries of a process.

The engine imports none of them.
"""
