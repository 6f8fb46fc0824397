"""The lived-in office of the demonstration: eight months of dossiers, made by real acts on a told clock."""

from cli.demo.history.build import Outcome, live_through

__all__ = ["Outcome", "live_through"]
