"""Rights of residents over their data: a copy, restriction, erasure (PIPL arts. 44-47)."""
