"""Adapters: what the engine asks of the outside world (engine.ports), done with real programs."""
