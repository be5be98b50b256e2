"""Does what programmes leave to the server: hands them events, and runs what is due.

Each district's database holds what there is to do: the place of each handler in the order of events, the
events that failed, the jobs. Whoever works on a row holds its lease and commits the work together with a
check that it still does; so of several processes one works, and effects in the district's database happen
once.

No kept library does that. The effects and the place have to be committed in one transaction, on PostgreSQL
and SQLite alike, in as many databases as there are districts. Procrastinate, PgQueuer and Chancy need
PostgreSQL; Celery, Dramatiq, arq and taskiq need a broker; Huey writes its queue through connections of its
own, apart from the change; APScheduler 3 runs a job once per process, and version 4, which has leases, is a
pre-release that warns against production. What is needed is three tables, a lease and a loop, and that is all
there is here.
"""
