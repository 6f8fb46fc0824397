"""The demonstration: the product on embedded defaults."""

from cli.demo.command import demo

__all__ = ["demo"]
