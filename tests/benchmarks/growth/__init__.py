"""How cost grows: with rows, depth, programmes, districts and plugin sets."""
