"""The demonstration: the product on embedded defaults."""
