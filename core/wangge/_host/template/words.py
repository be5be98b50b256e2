"""English words of names: plurals and articles, by rules that fit most nouns."""

import re


def plural_of(noun: str) -> str:
    """Return the plural of a noun in snake case: `locker_cell` → `locker_cells`."""
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return f"{noun}es"
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def singular_of(noun: str) -> str:
    """Return the singular of a noun that may be a plural: `lockers` → `locker`; others stay as they are."""
    if re.search(r"[^aeiou]ies$", noun):
        return f"{noun[:-3]}y"
    if re.search(r"(ss|x|z|ch|sh)es$", noun):
        return noun[:-2]
    return noun[:-1] if re.search(r"[^sui]s$", noun) else noun


def with_article(noun: str) -> str:
    """Return a noun with its article: `a locker`, `an order`."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
