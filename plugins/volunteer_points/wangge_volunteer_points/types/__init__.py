"""GraphQL types of the programme, by subject; inputs and payloads stand beside them in `…_changes`."""

from wangge_volunteer_points.types import enums as enums
