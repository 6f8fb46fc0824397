"""Ways out of the engine: each module implements one Protocol of ``engine.ports``; the engine imports none of them."""
