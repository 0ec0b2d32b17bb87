"""Files in and out: maps, structures, samples. The only home of gemmi and mrcfile."""
