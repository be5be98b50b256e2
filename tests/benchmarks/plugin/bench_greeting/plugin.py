"""The programme's hooks, and its one field."""

from collections.abc import Sequence

from wangge import Info, Parent, authenticated, extends, field, hookimpl
from wangge_schema import Person
from wangge_schema import models as base


@extends(Person)
class PersonGreeting:
    """How to address a person."""

    @field(access=authenticated, description="How to address the person (称呼).")
    @staticmethod
    def bench_greeting(root: Parent[base.Person], info: Info) -> str | None:
        """Return the greeting."""
        return greeting(root.name, root.sex.name if root.sex else None)


def greeting(name: str, sex: str | None) -> str:
    """Return how someone is addressed: by surname and sex."""
    return f"{name[:1]}{'先生' if sex == 'MALE' else '女士'}，您好"


@hookimpl
def graphql_extensions() -> Sequence[type]:
    """Return the field."""
    return [PersonGreeting]
