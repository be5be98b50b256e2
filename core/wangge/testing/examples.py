"""Runs the example operations of a package, one after the other, as the explorer's readers would."""

import json
import re
from dataclasses import dataclass
from typing import Any

from graphql import OperationDefinitionNode, OperationType, parse, validate

from wangge._host.accounts import ensure_account
from wangge._host.examples import Example, examples_of
from wangge._host.plugins import LoadedPlugin
from wangge.auth.principal import ROLES
from wangge.testing.districts import TestDistrict

_BLANK = re.compile(r'"(\w+)_…"')
_ID = re.compile(r'"(\w+)_([0-9a-f]{32})"')


@dataclass(frozen=True)
class Ran:
    """An example that was run.

    Attributes:
        example: which.
        answer: what came back.
    """

    example: Example
    answer: dict[str, Any]  # JSON

    @property
    def fault(self) -> str | None:
        """What is wrong with it, if anything is; a refused change is shown on purpose."""
        errors = self.answer.get("errors")
        return f"{self.example.name}: {errors[0]['message']}" if errors else None


def faults_in_heads(plugin: LoadedPlugin) -> list[str]:
    """Return what the heads of a package's examples lack, each with the file and the remedy."""
    return [
        f"{one.name}: {fault}"
        for one in examples_of(plugin.package)
        for fault in _faults_of_head(one)
        if fault is not None
    ]


def _faults_of_head(example: Example) -> tuple[str | None, ...]:
    operations = _operations(example)
    try:
        variables = json.loads(example.variables)
    except json.JSONDecodeError:
        variables = None
    return (
        None if example.zh != example.en else "its first line is no `# 中文标题 | English title`.",
        None if example.role in ROLES else f"`# role:` names none of {', '.join(ROLES)}.",
        None if isinstance(variables, dict) else "`# variables:` is no JSON object.",
        None if len(operations) == 1 and operations[0].name else "it is not one operation with a name.",
    )


def _operations(example: Example) -> list[OperationDefinitionNode]:
    return [one for one in parse(example.query).definitions if isinstance(one, OperationDefinitionNode)]


def _kind(example: Example) -> OperationType | None:
    operations = _operations(example)
    return operations[0].operation if operations else None


async def run_examples(plugin: LoadedPlugin, district: TestDistrict) -> list[Ran]:
    """Run a package's examples in their order; ids that answers gave fill the variables of later ones.

    Subscriptions, which would wait for what happens next, are validated and not run.
    """
    found: list[Ran] = []
    ids: dict[str, str] = {}
    runtime = district.server.district(district.code)
    for example in examples_of(plugin.package):
        if _kind(example) is OperationType.SUBSCRIPTION:
            wrong = validate((await runtime.schema()).schema, parse(example.query))
            found.append(Ran(example, {"errors": [{"message": one.message} for one in wrong]}))
            continue
        subject = await ensure_account(runtime, example.role or "district_admin")
        token = district.server.authenticator.issue(subject, district.code)
        variables = _filled(example.variables, ids)
        response = await district.http.post(
            f"/{district.code}/graphql",
            json={"query": example.query, "variables": json.loads(variables)},
            headers={"authorization": f"Bearer {token}"},
        )
        found.append(Ran(example, response.json()))
        ids |= {kind: f"{kind}_{rest}" for kind, rest in reversed(_ID.findall(response.text))}
    return found


def _filled(variables: str, ids: dict[str, str]) -> str:
    """Put the ids that are known where variables say `"Person_…"`."""
    return _BLANK.sub(lambda blank: f'"{ids.get(blank[1], blank[1] + "_…")}"', variables)
