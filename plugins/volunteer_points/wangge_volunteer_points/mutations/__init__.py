"""Root mutation fields of the programme, by subject; each translates for one service."""

from wangge_volunteer_points.mutations.activities import ActivityMutations
from wangge_volunteer_points.mutations.orders import OrderMutations
from wangge_volunteer_points.mutations.records import RecordMutations
from wangge_volunteer_points.mutations.rewards import RewardMutations
from wangge_volunteer_points.mutations.volunteers import VolunteerMutations

MUTATIONS = [VolunteerMutations, OrderMutations, ActivityMutations, RecordMutations, RewardMutations]

__all__ = [
    "MUTATIONS",
    "ActivityMutations",
    "OrderMutations",
    "RecordMutations",
    "RewardMutations",
    "VolunteerMutations",
]
