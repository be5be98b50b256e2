"""Accounts and roles at grids: who acts for which part of the tree."""
