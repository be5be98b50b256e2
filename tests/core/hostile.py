"""Documents that are small to send and dear to serve, each with the code that refuses it."""

from dataclasses import dataclass
from typing import Any

TOO_LARGE = "DOCUMENT_TOO_LARGE"
INVALID = "GRAPHQL_VALIDATION_FAILED"
UNREADABLE = "GRAPHQL_PARSE_FAILED"
TOO_DEAR = "COST_TOO_HIGH"


@dataclass(frozen=True)
class Hostile:
    """A document, and how it is refused."""

    name: str
    text: str
    code: str
    variables: dict[str, Any] | None = None  # JSON


def ladder(levels: int, on: str, leaf: str, *, width: int = 2) -> str:
    """Return fragments that each spread the next one several times: naively `width ** levels` fields."""
    rungs = [f"fragment F{n} on {on} {{ {f'...F{n + 1} ' * width}}}" for n in range(levels)]
    return " ".join([*rungs, f"fragment F{levels} on {on} {{ {leaf} }}"])


def _web(count: int, on: str) -> str:
    """Return fragments that each spread all that follow."""
    later = [" ".join(f"...F{m}" for m in range(n + 1, count)) for n in range(count - 1)]
    webs = [f"fragment F{n} on {on} {{ {spreads} }}" for n, spreads in enumerate(later)]
    return " ".join([*webs, f"fragment F{count - 1} on {on} {{ district {{ name }} }}"])


def _chain(count: int, on: str, leaf: str) -> str:
    """Return fragments that each lead to the next from three levels down."""
    links = [f"fragment F{n} on {on} {{ ... {{ ... {{ ...F{n + 1} }} }} }}" for n in range(count)]
    return " ".join([*links, f"fragment F{count} on {on} {{ {leaf} }}"])


def _cycles(count: int, on: str) -> str:
    """Return fragments that each spread all of them."""
    spreads = " ".join(f"...F{n}" for n in range(count))
    return " ".join(f"fragment F{n} on {on} {{ {spreads} }}" for n in range(count))


def _nested(width: int, levels: int) -> str:
    """Return parents of parents, several of one name at each level."""
    return "id" if levels == 0 else " ".join([f"parent {{ {_nested(width, levels - 1)} }}"] * width)


def _grid(selection: str) -> str:
    return f'{{ node(id: "Grid_x") {{ ... on Grid {{ {selection} }} }} }}'


def _both_parents(level: int) -> str:
    return (
        f"fragment F{level} on Grid {{ parent {{ ...F{level + 1} }} managingParent {{ ...F{level + 1} }} }}"
    )


def _pages(levels: int, size: str) -> str:
    """Return the children of children of all grids."""
    return f"grids(first: {size}) {{ edges {{ node {{ {_pages_below(levels, size)} }} }} }}"


def _pages_below(levels: int, size: str) -> str:
    if levels == 0:
        return "id"
    return f"children(first: {size}) {{ edges {{ node {{ {_pages_below(levels - 1, size)} }} }} }}"


def _aliased(count: int, field: str) -> str:
    return " ".join(f"a{n}: {field}" for n in range(count))


HOSTILE = (
    Hostile("root ladder of 22 levels", "{ ...F0 } " + ladder(22, "Query", "district { name }"), TOO_LARGE),
    Hostile("root ladder of 60 levels", "{ ...F0 } " + ladder(60, "Query", "district { name }"), TOO_LARGE),
    Hostile(
        "ladder of aliases",
        "{ district { ...F0 } } " + ladder(22, "District", "a: name"),
        TOO_LARGE,
    ),
    Hostile(
        "ladder of directives",
        "{ district { ...F0 } } " + ladder(22, "District", "name @skip(if: false)"),
        TOO_LARGE,
    ),
    Hostile("web of fragments", "{ ...F0 } " + _web(25, "Query"), TOO_LARGE),
    Hostile("cycles of fragments", "{ ...F0 } " + _cycles(14, "Query"), INVALID),
    Hostile("a fragment in itself", "{ ...F } fragment F on Query { ...F }", INVALID),
    Hostile(
        "a chain of fragments too deep to walk",
        "{ district { ...F0 } } " + _chain(68, "District", "name"),
        INVALID,
    ),
    Hostile("one field 980 times", "{ district { " + "name " * 980 + "} }", TOO_LARGE),
    Hostile("one object 140 times", "{ me { roles { " + "grid { name } " * 190 + "} } }", TOO_LARGE),
    Hostile("objects of one name in one another", _grid(_nested(2, 7)), TOO_LARGE),
    Hostile("long paths of one name", _grid("parent { parent { parent { id } } } " * 75), TOO_LARGE),
    Hostile("64 KiB of fields", "{ " + "a " * 32_000 + "}", TOO_LARGE),
    Hostile("unknown fields", "{ district { " + " ".join(f"u{n}" for n in range(490)) + " } }", INVALID),
    Hostile("one unknown field 980 times", "{ district { " + "a " * 980 + "} }", TOO_LARGE),
    Hostile(
        "unknown types",
        "{ district { " + " ".join(f"... on U{n} {{ a }}" for n in range(150)) + " } }",
        TOO_LARGE,
    ),
    Hostile("aliases", "{ district { " + _aliased(300, "name") + " } }", TOO_LARGE),
    Hostile("aliased root fields", "{ " + _aliased(150, "district { name }") + " }", TOO_LARGE),
    Hostile("directives on a field", "{ district { name " + "@skip(if: false) " * 51 + "} }", TOO_LARGE),
    Hostile("unknown directives", "{ district { name " + "@a " * 400 + "} }", TOO_LARGE),
    Hostile("directives on the operation", "query " + "@a " * 400 + "{ district { name } }", TOO_LARGE),
    Hostile(
        "directives on a variable",
        "query ($v: Int " + "@a " * 400 + ") { grids(first: $v) { totalCount } }",
        TOO_LARGE,
    ),
    Hostile(
        "directives on a fragment",
        "{ ...F } fragment F on Query " + "@a " * 400 + "{ district { name } }",
        TOO_LARGE,
    ),
    Hostile("depth", _grid("parent { " * 30 + "id" + " }" * 30), TOO_LARGE),
    Hostile(
        "depth in inline fragments", "{ district { " + "... { " * 190 + "a" + " }" * 190 + "} }", INVALID
    ),
    Hostile("braces", "{" * 60_000, UNREADABLE),
    Hostile("brackets", "{ a(b: " + "[" * 60_000 + ") }", UNREADABLE),
    Hostile(
        "nested values",
        "{ grids(where: " + "{ not: " * 300 + "{}" + " }" * 300 + ") { totalCount } }",
        UNREADABLE,
    ),
    Hostile(
        "a tree of parents in fragments",
        _grid("...F0 ") + " ".join(_both_parents(n) for n in range(16)) + " fragment F16 on Grid { id }",
        TOO_LARGE,
    ),
    Hostile("pages of pages of pages", "{ " + _pages(3, "100") + " }", TOO_DEAR),
    Hostile(
        "pages of a size given beside", "query ($n: Int) { " + _pages(4, "$n") + " }", TOO_DEAR, {"n": 100}
    ),
    Hostile("lists of lists", _grid("ancestors { " * 4 + "id" + " }" * 4), TOO_DEAR),
    Hostile("a long integer", "{ grids(first: " + "9" * 60_000 + ") { totalCount } }", INVALID),
    Hostile("a long name", "{ " + "a" * 60_000 + " }", INVALID),
    Hostile("comments", "#\n" * 30_000 + "{ district { name } }", TOO_LARGE),
    Hostile("bytes", "{ district { name } } #" + "网" * 22_000, TOO_LARGE),
    Hostile("operations", " ".join(f"query Q{n} {{ district {{ name }} }}" for n in range(100)), TOO_LARGE),
    Hostile(
        "variables",
        "query (" + " ".join(f"$v{n}: Int" for n in range(190)) + ") { district { name } }",
        TOO_LARGE,
    ),
    Hostile(
        "introspection of types of types",
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        INVALID,
    ),
    Hostile(
        "introspection, deep",
        '{ __type(name: "Query") { ' + "ofType { " * 40 + "name" + " }" * 40 + " } }",
        TOO_LARGE,
    ),
    Hostile(
        "depth beside introspection",
        "{ __schema { queryType { name } } me { roles { "
        + "grid { parent { " * 12
        + "id"
        + " } }" * 12
        + " } } }",
        TOO_LARGE,
    ),
)


def admissible(number: int) -> list[tuple[str, str]]:
    """Return documents that are served, just within the limits; with another `number` they are new."""
    leaf = "id code name kind validFrom"
    tree = leaf
    for _ in range(4):
        tree = f"{leaf} parent {{ {tree} }} managingParent {{ {tree} }}"
    pages = " ".join(
        f"a{one}: children(first: 1) {{ totalCount edges {{ node {{ {leaf} "
        f"children(first: 1) {{ totalCount edges {{ node {{ {leaf} }} }} }} }} }} }}"
        for one in range(20)
    )
    whole = "name kind ofType { name kind ofType { name kind ofType { name kind } } }"
    schema = (
        f"types {{ name description fields {{ name description args {{ name type {{ {whole} }} }} "
        f"type {{ {whole} }} }} inputFields {{ name type {{ {whole} }} }} enumValues {{ name }} }}"
    )
    comment = f"# {number}\n"
    return [
        ("a tree of parents", comment + '{ grid(code: "370703001001") { ' + tree + " } }"),
        ("forty pages", comment + '{ grid(code: "370703001001") { ' + pages + " } }"),
        (
            "the schema, four times",
            comment + "{ " + " ".join(f"s{n}: __schema {{ {schema} }}" for n in range(4)) + " }",
        ),
        (
            "fragments upon fragments",
            comment + "{ district { ...F0 } } " + ladder(7, "District", "name kind code"),
        ),
    ]
