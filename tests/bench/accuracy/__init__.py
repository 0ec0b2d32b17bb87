"""How close placements come to the truth, beside what noise allows at best."""
