"""The page that people read and print: one HTML text that loads nothing from anywhere."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from wangge_schema.rights import rules


def page_of(told: dict[str, Any]) -> str:
    """Return a copy of a person's data as a page in Chinese; every value is escaped."""
    environment = Environment(
        loader=PackageLoader("wangge_schema.rights", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["titled"] = lambda name: rules.TITLES.get(name, name)
    environment.filters["shown"] = _shown
    return environment.get_template("person.html").render(copy=told)


def _shown(value: Any) -> str:
    """Return a value as it stands on the page."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
