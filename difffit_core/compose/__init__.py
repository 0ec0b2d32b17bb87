"""A complex from its chains: rounds of fitting, choosing among alternatives, removing what is explained."""
