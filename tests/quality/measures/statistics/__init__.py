"""The formulas against oracles, worked examples, properties and simulations."""
