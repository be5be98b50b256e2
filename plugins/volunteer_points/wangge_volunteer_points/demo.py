"""Demo data: volunteers, teams, activities, orders, confirmed hours and rewards."""

from wangge import DemoOptions, Progress, RequestContext


async def fill(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fill the district."""
