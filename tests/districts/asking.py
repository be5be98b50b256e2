"""What the tests of access know of any schema file: literals for scalars, the permissions of its fields."""

from graphql import GraphQLField

SCALARS = {
    "String": '"x"',
    "Int": "1",
    "Float": "1.0",
    "Boolean": "true",
    "Date": '"2026-11-22"',
    "DateTime": '"2026-11-22T09:30:00+08:00"',
    "Decimal": '"1.00"',
}
"""A literal for each scalar, where nothing better is known."""


def permission_of(field: GraphQLField) -> str | None:
    """Return the permission that a field's directive names."""
    for directive in (field.ast_node.directives if field.ast_node else None) or ():
        if directive.name.value == "requires" and directive.arguments:
            return str(getattr(directive.arguments[0].value, "value", ""))
    return None
