"""Root query fields of posts and pairings."""

from typing import cast

from wangge import Connection, Info, Query, authenticated, connection, extends, query
from wangge_schema.posts import services
from wangge_schema.posts.types import Pairing, PairingFilter, Post, PostFilter, PostOrder, PostRole


@extends(Query)
class PostQueries:
    """Posts, their roles, and pairings."""

    posts: Connection[Post] = connection(
        "Posts (岗位) of the whole district: who serves which grid.",
        where=PostFilter,
        order_by=PostOrder,
        access=authenticated,
    )
    pairings: Connection[Pairing] = connection(
        "Pairings (“1+1”结对) within the caller's grids.", where=PairingFilter, access=authenticated
    )

    @query(access=authenticated, description="The district's roles of posts (岗位类型), by key.")
    async def post_roles(self, info: Info) -> list[PostRole]:
        """Return the roles."""
        return cast(list[PostRole], await services.post_roles(info.context))
