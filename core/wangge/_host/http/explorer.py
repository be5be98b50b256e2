"""The page that browsers are shown: a plain explorer without anything from elsewhere."""

from html import escape
from importlib.resources import files
from string import Template

from wangge.context import DistrictInfo


def explorer_page(district: DistrictInfo) -> str:
    """Return the explorer of a district."""
    page = Template(files(__package__).joinpath("explorer.html").read_text(encoding="utf-8"))
    return page.substitute(name=escape(district.name), code=escape(district.code))
