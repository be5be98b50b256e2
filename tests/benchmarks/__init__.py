"""The performance harness: one command that seeds a district, drives every peer alike, and reports."""
