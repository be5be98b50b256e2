"""What organisations add to people."""

from wangge import authenticated, extends, related_list
from wangge_schema.organizations import models
from wangge_schema.organizations.types import Membership
from wangge_schema.people.types import Person


@extends(Person)
class PersonOrganizations:
    """The organisations of a person."""

    organizations: list[Membership] = related_list(
        models.Membership.person_id,
        "Memberships of organisations (所属组织), past ones included, by their first day.",
        order_by=models.Membership.since,
        access=authenticated,
    )
