"""Use cases of posts, their roles, and pairings."""

from wangge_schema.posts.services.assignments import (
    WRITE,
    Contact,
    assign_post,
    create_post_role,
    duty_contacts,
    end_post,
    ensure_post_roles,
    post_roles,
)
from wangge_schema.posts.services.pairings import end_pairing, pair_official

__all__ = [
    "WRITE",
    "Contact",
    "assign_post",
    "create_post_role",
    "duty_contacts",
    "end_pairing",
    "end_post",
    "ensure_post_roles",
    "pair_official",
    "post_roles",
]
