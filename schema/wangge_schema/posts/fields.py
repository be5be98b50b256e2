"""What posts add to grids, people and QR anchors."""

from wangge import Connection, Info, Parent, authenticated, connection, extends, field, public
from wangge_schema.grids.models import QrAnchor as QrAnchorRow
from wangge_schema.grids.types import Grid, QrAnchor
from wangge_schema.people.types import Person
from wangge_schema.posts import models, services
from wangge_schema.posts.types import DutyContact, Post, PostFilter, PostOrder


@extends(Grid)
class GridPosts:
    """Who serves a grid."""

    posts: Connection[Post] = connection(
        "Posts (岗位) that serve this very grid, past ones included.",
        via=models.Post.grid_id,
        where=PostFilter,
        order_by=PostOrder,
        access=authenticated,
    )


@extends(Person)
class PersonPosts:
    """Which grids a person serves."""

    posts: Connection[Post] = connection(
        "Posts (岗位) that the person holds or held.",
        via=models.Post.person_id,
        where=PostFilter,
        order_by=PostOrder,
        access=authenticated,
    )


@extends(QrAnchor)
class QrAnchorContacts:
    """Whom to call at a place."""

    @field(
        access=public,
        description="Published duty contacts (公示联系人) of the place and the grids above, nearest first.",
    )
    @staticmethod
    async def duty_contacts(root: Parent[QrAnchorRow], info: Info) -> list[DutyContact]:
        """Return the contacts, at most twenty."""
        numbers = [getattr(root, f"anc_{depth}") for depth in range(1, 7)]
        found = await services.duty_contacts(
            info.context, numbers=[one for one in numbers if one is not None]
        )
        return [DutyContact(**contact._asdict()) for contact in found]
