"""The statements of the limit: each answers a whole query as JSON text, with the caller's scope inside.

Written for a scope of one place, which is what the measured account holds: `{scope}` stands for the column of
the place's depth. Lists are made of records, which PostgreSQL turns to JSON faster than it calls functions;
long ones are joined as text, which is faster still.
"""

from tests.benchmarks.database import SCHEMA


def statements(depth: int) -> dict[str, str]:
    """Return the statements for a scope at a depth of the tree, by the name of the query."""
    names = {"s": SCHEMA, "scope": f"anc_{depth}", "people": _PEOPLE}
    places = {f"{kind}_{alias}": _inside(alias, at, depth) for kind, alias, at in _PLACES}
    return {name: text.format(**names, **places) for name, text in _TEXTS.items()}


def _inside(alias: str, at: int, depth: int) -> str:
    """Return the condition of rows in the grid `$1`, which lies at depth `at`, and within the scope.

    Where the scope is not deeper than the grid, it is decided once, by the grid: both conditions on each
    row, which depend on each other, would lead the planner to indexes that do not keep the order.
    """
    grid = f"SELECT number FROM {SCHEMA}.base_grids WHERE id = $1"
    if depth <= at:
        return f"{alias}.anc_{at} = ({grid} AND anc_{depth} = $2)"
    return f"{alias}.anc_{at} = ({grid}) AND {alias}.anc_{depth} = $2"


_PLACES = (("street", "p", 1), ("community", "p", 2), ("community", "v", 2))


_PEOPLE = """
    'Person_' || encode(uuid_send(p.id), 'hex') AS id, p.name, p.sex, p.birth_date AS "birthDate",
    p.document_type AS "documentType", p.document_number_masked AS "documentNumber",
    p.phone_masked AS phone, p.relation
"""

_Q1 = """
SELECT json_build_object('person', (
  SELECT json_build_object(
    'id', 'Person_' || encode(uuid_send(p.id), 'hex'), 'name', p.name, 'sex', p.sex,
    'phone', p.phone_masked, 'documentType', p.document_type,
    'grid', json_build_object('name', g.name, 'ancestors', (
      SELECT json_agg(json_build_object('name', a.name) ORDER BY a.depth) FROM {s}.base_grids a
      WHERE a.number = ANY (ARRAY[0, g.anc_1, g.anc_2, g.anc_3, g.anc_4, g.anc_5, g.anc_6])
        AND a.depth < g.depth)))
  FROM {s}.base_people p JOIN {s}.base_grids g ON g.id = p.grid_id
  WHERE p.id = $1 AND p.{scope} = $2))::text
"""

_Q2 = """
SELECT json_build_object('people', json_build_object(
  'edges', coalesce(json_agg(edge) FILTER (WHERE place <= 50), '[]'::json),
  'pageInfo', json_build_object('hasNextPage', count(*) > 50, 'endCursor',
    encode(convert_to('[["id"],["' || max(key) FILTER (WHERE place <= 50) || '"]]', 'UTF8'), 'hex'))))::text
FROM (
  SELECT row_number() OVER () AS place, encode(uuid_send(page.key), 'hex') AS key,
    json_build_object('node', row_to_json(page.node)) AS edge
  FROM (
    SELECT p.id AS key, (
      SELECT node FROM (SELECT {people},
        CASE WHEN h.id IS NOT NULL THEN json_build_object('number', h.number) END AS household,
        json_build_object('name', g.name, 'parent',
          CASE WHEN up.id IS NOT NULL THEN json_build_object('name', up.name) END) AS grid) node) AS node
    FROM {s}.base_people p
    LEFT JOIN {s}.base_households h ON h.id = p.household_id AND h.{scope} = $2
    JOIN {s}.base_grids g ON g.id = p.grid_id
    LEFT JOIN {s}.base_grids up ON up.id = g.parent_id
    WHERE {community_p} ORDER BY p.id LIMIT 51) page) numbered
"""

_Q3 = """
SELECT '{{"people":{{"edges":[' || coalesce(
  string_agg('{{"node":' || row_to_json(page)::text || '}}', ','), '') || ']}}}}'
FROM (SELECT {people} FROM {s}.base_people p WHERE {street_p} ORDER BY p.id LIMIT {most}) page
"""

_COUNT = """
  SELECT anc_{depth} AS number, count(*) AS people FROM {{s}}.base_people
  WHERE anc_{depth} = ANY (ARRAY(SELECT number FROM {level} WHERE {{scope}} = $2)) GROUP BY anc_{depth}
  UNION ALL
  SELECT anc_{depth}, count(*) FROM {{s}}.base_people
  WHERE anc_{depth} = ANY (ARRAY(SELECT number FROM {level} WHERE {{scope}} IS DISTINCT FROM $2))
    AND {{scope}} = $2 GROUP BY anc_{depth}
"""

_Q4 = f"""
WITH street AS (
  SELECT * FROM {{s}}.base_grids WHERE code = $1 ORDER BY valid_to DESC NULLS FIRST LIMIT 1),
community AS (
  SELECT *, row_number() OVER (ORDER BY id) AS place FROM {{s}}.base_grids
  WHERE parent_id = (SELECT id FROM street) AND valid_to IS NULL),
compound AS (
  SELECT *, row_number() OVER (PARTITION BY parent_id ORDER BY id) AS place FROM {{s}}.base_grids
  WHERE parent_id = ANY (ARRAY(SELECT id FROM community WHERE place <= 100)) AND valid_to IS NULL),
lived AS ({_COUNT.format(depth=2, level="community")} UNION ALL {_COUNT.format(depth=3, level="compound")}),
below AS (
  SELECT c.parent_id, count(*) AS number, json_agg(json_build_object('node', json_build_object(
      'name', c.name, 'people', json_build_object('totalCount', coalesce(lived.people, 0))))
    ORDER BY c.id) FILTER (WHERE c.place <= 100) AS edges
  FROM compound c LEFT JOIN lived ON lived.number = c.number GROUP BY c.parent_id)
SELECT json_build_object('grid', (SELECT json_build_object('name', street.name, 'children', (
  SELECT json_build_object('totalCount', count(*), 'edges', coalesce(json_agg(
    json_build_object('node', json_build_object('name', c.name,
      'people', json_build_object('totalCount', coalesce(lived.people, 0)),
      'children', json_build_object('totalCount', coalesce(below.number, 0),
        'edges', coalesce(below.edges, '[]'::json))))
    ORDER BY c.id) FILTER (WHERE c.place <= 100), '[]'::json))
  FROM community c LEFT JOIN lived ON lived.number = c.number LEFT JOIN below ON below.parent_id = c.id))
  FROM street))::text
"""

_Q5 = """
WITH home AS (
  SELECT id, grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6 FROM {s}.base_dwellings
  WHERE id = $1 AND {scope} = $2),
person AS (
  INSERT INTO {s}.base_people (id, name, sex, birth_date, document_type, document_number_cipher,
    document_number_digest, document_number_masked, phone_cipher, phone_digest, phone_masked, dwelling_id,
    grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, created_at, updated_at)
  SELECT $3, $4, $5, $6, 'IDENTITY_CARD', $7, $8, $9, $10, $11, $12, id,
    grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, now(), now() FROM home
  RETURNING id, name, grid_id),
residence AS (
  INSERT INTO {s}.base_residences (id, person_id, dwelling_id, kind, since,
    grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, created_at, updated_at)
  SELECT $13, $3, id, 'CURRENT', $14,
    grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, now(), now() FROM home)
SELECT json_build_object('registerPerson', json_build_object('person', json_build_object(
  'id', 'Person_' || encode(uuid_send(person.id), 'hex'), 'name', person.name,
  'grid', json_build_object('name', g.name))))::text
FROM person JOIN {s}.base_grids g ON g.id = person.grid_id
"""

_Q6 = """
SELECT json_build_object('volunteers', json_build_object('edges', coalesce(json_agg(edge), '[]'::json)))::text
FROM (SELECT node FROM (
  SELECT 'Volunteer_' || encode(uuid_send(v.id), 'hex') AS id, json_build_object('name', p.name) AS person,
    (SELECT coalesce(json_agg(json_build_object('team', json_build_object('name', t.name)) ORDER BY m.id),
        '[]'::json)
      FROM {s}.volunteer_points_team_members m JOIN {s}.volunteer_points_teams t ON t.id = m.team_id
      WHERE m.volunteer_id = v.id AND m.{scope} = $2) AS memberships,
    (SELECT coalesce(json_agg(json_build_object('available', a.available) ORDER BY a.id), '[]'::json)
      FROM {s}.volunteer_points_accounts a WHERE a.volunteer_id = v.id AND a.{scope} = $2) AS accounts,
    json_build_object('edges', (SELECT coalesce(json_agg(last), '[]'::json) FROM (SELECT row AS node FROM (
      SELECT r.title, r.served_on AS "servedOn", r.minutes_served AS "minutesServed", r.points
      FROM {s}.volunteer_points_records r WHERE r.volunteer_id = v.id AND r.{scope} = $2
      ORDER BY r.served_on DESC, r.id LIMIT 3) row) last)) AS records
  FROM {s}.volunteer_points_volunteers v
  JOIN {s}.base_people p ON p.id = v.person_id AND p.{scope} = $2
  WHERE {community_v} ORDER BY v.id LIMIT 50) node) edge
"""

_TEXTS = {
    "Q1": _Q1,
    "Q2": _Q2,
    "Q3": _Q3.replace("{most}", "1000"),
    "Rows": _Q3.replace("{most}", "$3"),
    "Q4": _Q4,
    "Q5": _Q5,
    "Q6": _Q6,
}
