"""Root mutation fields of posts and pairings."""

from typing import cast

from wangge import Info, Mutation, decode_id, extends, mutation, optional_id, requires
from wangge_schema.grids.types import Grid
from wangge_schema.organizations.types import Organization
from wangge_schema.people.types import Household, Person
from wangge_schema.posts import services
from wangge_schema.posts.types import (
    AssignPostInput,
    AssignPostPayload,
    CreatePostRoleInput,
    CreatePostRolePayload,
    EndPairingInput,
    EndPairingPayload,
    EndPostInput,
    EndPostPayload,
    Pairing,
    PairOfficialInput,
    PairOfficialPayload,
    Post,
    PostRole,
)


@extends(Mutation)
class PostMutations:
    """Writing posts, their roles, and pairings."""

    @mutation(
        access=requires(services.WRITE), description="Add a role of posts (岗位类型) for the whole district."
    )
    async def create_post_role(self, info: Info, input: CreatePostRoleInput) -> CreatePostRolePayload:
        """Add a role."""
        role = await services.create_post_role(
            info.context, key=input.key, title=input.title, full_time=input.full_time
        )
        return CreatePostRolePayload(role=cast(PostRole, role))

    @mutation(access=requires(services.WRITE), description="Let a person serve a grid in a role (任命岗位).")
    async def assign_post(self, info: Info, input: AssignPostInput) -> AssignPostPayload:
        """Assign a post within the caller's grids."""
        post = await services.assign_post(
            info.context,
            role_key=input.role,
            person_id=decode_id(Person, input.person, ("person",)),
            grid_id=decode_id(Grid, input.grid, ("grid",)),
            organization_id=optional_id(Organization, input.organization, ("organization",)),
            since=input.since,
            until=input.until,
            duty_name=input.duty_name,
            duty_phone=input.duty_phone,
        )
        return AssignPostPayload(post=cast(Post, post))

    @mutation(access=requires(services.WRITE), description="End a post (结束任职); the row stays as history.")
    async def end_post(self, info: Info, input: EndPostInput) -> EndPostPayload:
        """End a post within the caller's grids."""
        post = await services.end_post(
            info.context, post_id=decode_id(Post, input.post, ("post",)), until=input.until
        )
        return EndPostPayload(post=cast(Post, post))

    @mutation(
        access=requires(services.WRITE),
        description="Pair an official with a building head (“1+1”结对) and the households they look after.",
    )
    async def pair_official(self, info: Info, input: PairOfficialInput) -> PairOfficialPayload:
        """Pair two people within the caller's grids."""
        pairing = await services.pair_official(
            info.context,
            official_id=decode_id(Person, input.official, ("official",)),
            building_head_id=decode_id(Person, input.building_head, ("buildingHead",)),
            household_ids=[decode_id(Household, one, ("households",)) for one in input.households],
            since=input.since,
            until=input.until,
        )
        return PairOfficialPayload(pairing=cast(Pairing, pairing))

    @mutation(
        access=requires(services.WRITE), description="End a pairing (结束结对); the row stays as history."
    )
    async def end_pairing(self, info: Info, input: EndPairingInput) -> EndPairingPayload:
        """End a pairing within the caller's grids."""
        pairing = await services.end_pairing(
            info.context, pairing_id=decode_id(Pairing, input.pairing, ("pairing",)), until=input.until
        )
        return EndPairingPayload(pairing=cast(Pairing, pairing))
