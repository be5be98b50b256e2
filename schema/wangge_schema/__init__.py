"""The base programme's front door: the types, mixins and helpers that plugins may name.

Tables have the same names as GraphQL types and stand apart: `from wangge_schema import models as base`.
"""

import typing as _typing

from wangge import deprecated_names as _deprecated_names
from wangge_schema.grids.scope import MAX_DEPTH, GridBound, GridScope, Place
from wangge_schema.grids.subtree import below, subtree, within
from wangge_schema.grids.types import Grid
from wangge_schema.organizations.rules import OrganizationKind
from wangge_schema.organizations.types import Organization
from wangge_schema.people.rules import DocumentType, ResidenceKind, Sex, mask_name
from wangge_schema.people.types import Dwelling, Household, Person
from wangge_schema.posts.types import Post
from wangge_schema.purposes import declare_purposes

__all__ = [
    "MAX_DEPTH",
    "DocumentType",
    "Dwelling",
    "Grid",
    "GridBound",
    "GridScope",
    "Household",
    "Organization",
    "OrganizationKind",
    "Person",
    "Place",
    "Post",
    "ResidenceKind",
    "Sex",
    "below",
    "declare_purposes",
    "mask_name",
    "subtree",
    "within",
]

if not _typing.TYPE_CHECKING:  # for type checkers there are the listed names alone
    __getattr__ = _deprecated_names(__name__)
