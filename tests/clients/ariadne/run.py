"""Ask the demo with the client that ariadne-codegen made; runs in that package's own environment."""

import asyncio
import json
import os
import sys
from importlib import import_module


async def main() -> None:
    """Ask for a page, change something, and tell what came."""
    made = import_module("made")
    client = made.Client(
        url=os.environ["WANGGE_URL"],
        headers={"authorization": f"Bearer {json.loads(os.environ['WANGGE_TOKENS'])['district_admin']}"},
    )
    where = made.GridFilter(level=made.KeyMatch(eq="community"))
    page = (await client.communities(first=5, where=where)).grids
    grid = page.edges[0].node
    section = made.CreateGridInput(
        parent=grid.id, name="阿里片", level="section", client_mutation_id="ariadne-1"
    )
    created = (await client.create_grid(input=section)).create_grid
    try:
        await client.create_grid(input=made.CreateGridInput(parent="1", name="片", level="section"))
    except made.GraphQLClientGraphQLMultiError as error:
        refused = [one.extensions["code"] for one in error.errors]
    told = {
        "names": [edge.node.name for edge in page.edges][:1],
        "edges": len(page.edges),
        "totalCount": page.total_count,
        "validFrom": type(grid.valid_from).__name__,
        "created": created.grid.name,
        "refused": refused,
    }
    sys.stdout.write(json.dumps(told) + "\n")


sys.path.insert(0, os.getcwd())
asyncio.run(main())
