#!/bin/sh
# What the container runs: wait for the catalog's database, bring every district to the installed packages,
# then serve. Arguments go to `wangge serve`.
#
#   WANGGE_CATALOG_URL     PostgreSQL of the catalog; absent, everything lies in files under WANGGE_DATA
#   WANGGE_START_TIMEOUT   seconds to wait for it, 60 unless set
set -eu

if [ -n "${WANGGE_CATALOG_URL:-}" ]; then
    python - <<'PYTHON'
"""Wait until the database takes connections; say which server is waited for, never the password."""

import asyncio
import os
import sys
import time

import asyncpg
from sqlalchemy import make_url


async def wait() -> None:
    url = make_url(os.environ["WANGGE_CATALOG_URL"]).set(drivername="postgresql")
    seconds = float(os.environ.get("WANGGE_START_TIMEOUT", "60"))
    until = time.monotonic() + seconds
    while True:
        try:
            connection = await asyncpg.connect(url.render_as_string(hide_password=False), timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            if time.monotonic() >= until:
                where = url.render_as_string(hide_password=True)
                sys.exit(f"The catalog's database did not answer within {seconds:g} seconds: {where}: {error}")
            await asyncio.sleep(0.5)
        else:
            await connection.close()
            return


asyncio.run(wait())
PYTHON
fi

wangge district upgrade --all
exec wangge serve "$@"
