// Mercurius with graphql-jit: resolvers and loaders by hand, one statement for each level of an answer.
import { createHash, randomBytes } from "node:crypto";
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const schema = process.env.BENCH_SCHEMA;
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({
  connectionString: process.env.BENCH_URL,
  max: Number(process.env.BENCH_POOL),
  idleTimeoutMillis: 3_000, // then the connections are free for the next peer
});

let made = 0;
function statement(text) {
  const name = `s${made++}`;
  const filled = text.replaceAll("{s}", schema);
  return async (...values) => (await pool.query({ name, text: filled, values })).rows;
}

const typeDefs = `
  type Query {
    person(id: ID!): Person
    people(first: Int!, within: ID!): PersonConnection!
    grid(code: String!): Grid
    volunteers(first: Int!, within: ID!): VolunteerConnection!
  }
  type Mutation { registerPerson(input: RegisterPersonInput!): Person }
  input RegisterPersonInput {
    name: String!
    sex: String!
    birthDate: String!
    documentNumber: String!
    phone: String!
    dwelling: ID!
  }
  type PageInfo { hasNextPage: Boolean!, endCursor: String }
  type PersonConnection { edges: [PersonEdge!]!, pageInfo: PageInfo! }
  type PersonEdge { node: Person! }
  type Person {
    id: ID!
    name: String!
    sex: String
    birthDate: String
    documentType: String!
    documentNumber: String!
    phone: String
    relation: String
    household: Household
    grid: Grid
  }
  type Household { number: String! }
  type Grid {
    name: String!
    parent: Grid
    ancestors: [Grid!]!
    people: Count!
    children(first: Int!): GridConnection!
  }
  type Count { totalCount: Int! }
  type GridConnection { totalCount: Int!, edges: [GridEdge!]! }
  type GridEdge { node: Grid! }
  type VolunteerConnection { edges: [VolunteerEdge!]! }
  type VolunteerEdge { node: Volunteer! }
  type Volunteer {
    id: ID!
    person: Person!
    memberships: [Membership!]!
    accounts: [Account!]!
    records(first: Int!): RecordConnection!
  }
  type Membership { team: Team! }
  type Team { name: String! }
  type Account { available: Int! }
  type RecordConnection { edges: [RecordEdge!]! }
  type RecordEdge { node: Record! }
  type Record { title: String!, servedOn: String!, minutesServed: Int!, points: Int! }
`;

const PERSON = `p.id, p.name, p.sex, p.birth_date AS "birthDate", p.document_type AS "documentType",
  p.document_number_masked AS "documentNumber", p.phone_masked AS phone, p.relation, p.household_id, p.grid_id`;
const GRID = "g.id, g.name, g.number, g.depth, g.parent_id, g.anc_1, g.anc_2, g.anc_3, g.anc_4, g.anc_5, g.anc_6";

const depthOf = statement("SELECT depth, number FROM {s}.base_grids WHERE id = $1");
const depths = [1, 2, 3, 4, 5, 6];
const byDepth = (text) => Object.fromEntries(depths.map((depth) => [depth, statement(text.replaceAll("{d}", depth))]));
const personById = statement(`SELECT ${PERSON} FROM {s}.base_people p WHERE p.id = $1`);
const peopleWithin = byDepth(
  `SELECT ${PERSON} FROM {s}.base_people p WHERE p.anc_{d} = $1 ORDER BY p.id LIMIT $2`,
);
const volunteersWithin = byDepth(
  "SELECT v.id, v.person_id FROM {s}.volunteer_points_volunteers v WHERE v.anc_{d} = $1 ORDER BY v.id LIMIT $2",
);
const countsWithin = byDepth(
  "SELECT anc_{d} AS key, count(*) AS number FROM {s}.base_people WHERE anc_{d} = ANY ($1::int[]) GROUP BY anc_{d}",
);
const gridByCode = statement(`SELECT ${GRID} FROM {s}.base_grids g WHERE g.code = $1 AND g.valid_to IS NULL`);
const gridsById = statement(`SELECT ${GRID} FROM {s}.base_grids g WHERE g.id = ANY ($1::uuid[])`);
const gridsByNumber = statement(`SELECT ${GRID} FROM {s}.base_grids g WHERE g.number = ANY ($1::int[])`);
const gridsBelow = statement(
  `SELECT ${GRID} FROM {s}.base_grids g WHERE g.parent_id = ANY ($1::uuid[]) AND g.valid_to IS NULL ORDER BY g.id`,
);
const householdsById = statement("SELECT id, number FROM {s}.base_households WHERE id = ANY ($1::uuid[])");
const peopleById = statement(`SELECT ${PERSON} FROM {s}.base_people p WHERE p.id = ANY ($1::uuid[])`);
const membershipsOf = statement(
  `SELECT volunteer_id, team_id FROM {s}.volunteer_points_team_members
   WHERE volunteer_id = ANY ($1::uuid[]) ORDER BY id`,
);
const teamsById = statement("SELECT id, name FROM {s}.volunteer_points_teams WHERE id = ANY ($1::uuid[])");
const accountsOf = statement(
  "SELECT volunteer_id, available FROM {s}.volunteer_points_accounts WHERE volunteer_id = ANY ($1::uuid[])",
);
const recordsOf = statement(
  `SELECT v.id AS volunteer_id, r.title, r.served_on AS "servedOn", r.minutes_served AS "minutesServed", r.points
   FROM unnest($1::uuid[]) AS v (id) CROSS JOIN LATERAL (
     SELECT * FROM {s}.volunteer_points_records WHERE volunteer_id = v.id ORDER BY served_on DESC, id LIMIT $2) r`,
);
const addPerson = statement(
  `WITH home AS (SELECT * FROM {s}.base_dwellings WHERE id = $1),
   person AS (INSERT INTO {s}.base_people (id, name, sex, birth_date, document_type, document_number_cipher,
       document_number_digest, document_number_masked, phone_cipher, phone_digest, phone_masked, dwelling_id,
       grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, created_at, updated_at)
     SELECT $2, $3, $4, $5, 'IDENTITY_CARD', $6, $7, $8, $9, $10, $11, id,
       grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, now(), now() FROM home
     RETURNING id, name, grid_id),
   residence AS (INSERT INTO {s}.base_residences (id, person_id, dwelling_id, kind, since,
       grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, created_at, updated_at)
     SELECT $12, $2, id, 'CURRENT', current_date,
       grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, now(), now() FROM home)
   SELECT * FROM person`,
);

const hash = (text) => createHash("sha256").update(text).digest();

function newId() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

async function within(statements, id, most) {
  const [place] = await depthOf(id);
  return place ? statements[place.depth](place.number, most) : [];
}

const edges = (rows) => rows.map((node) => ({ node }));

const resolvers = {
  Query: {
    person: async (_, { id }) => (await personById(id))[0],
    people: async (_, { first, within: id }) => {
      const rows = await within(peopleWithin, id, first + 1);
      const page = rows.slice(0, first);
      const endCursor = page.length ? page.at(-1).id : null;
      return { edges: edges(page), pageInfo: { hasNextPage: rows.length > first, endCursor } };
    },
    grid: async (_, { code }) => (await gridByCode(code))[0],
    volunteers: async (_, { first, within: id }) => ({ edges: edges(await within(volunteersWithin, id, first)) }),
  },
  Mutation: {
    registerPerson: async (_, { input }) => {
      const number = input.documentNumber;
      const masked = `${number.slice(0, 3)}***********${number.slice(-4)}`;
      const phone = `${input.phone.slice(0, 3)}****${input.phone.slice(-4)}`;
      const sealed = [hash(number), hash(number), masked, hash(input.phone), hash(input.phone), phone];
      const facts = [input.name, input.sex, input.birthDate];
      return (await addPerson(input.dwelling, newId(), ...facts, ...sealed, newId()))[0];
    },
  },
};

// A loader that finds one row for each key, and one that finds several.
const one = (find, key) => async (queries) => {
  const rows = await find([...new Set(queries.map(({ obj }) => obj[key]).filter((value) => value !== null))]);
  const found = new Map(rows.map((row) => [row.id, row]));
  return queries.map(({ obj }) => found.get(obj[key]) ?? null);
};
const many = (rows, key, queries) => {
  const found = new Map(queries.map(({ obj }) => [obj.id, []]));
  for (const row of rows) found.get(row[key]).push(row);
  return queries.map(({ obj }) => found.get(obj.id));
};
const ids = (queries) => queries.map(({ obj }) => obj.id);
const numbersAbove = (grid) => [0, ...depths.slice(0, grid.depth - 1).map((depth) => grid[`anc_${depth}`])];

const loaders = {
  Person: {
    household: one(householdsById, "household_id"),
    grid: one(gridsById, "grid_id"),
  },
  Grid: {
    parent: one(gridsById, "parent_id"),
    ancestors: async (queries) => {
      const rows = await gridsByNumber([...new Set(queries.flatMap(({ obj }) => numbersAbove(obj)))]);
      const found = new Map(rows.map((row) => [row.number, row]));
      return queries.map(({ obj }) => numbersAbove(obj).map((number) => found.get(number)));
    },
    people: async (queries) => {
      const found = new Map();
      for (const depth of depths) {
        const numbers = queries.filter(({ obj }) => obj.depth === depth).map(({ obj }) => obj.number);
        if (numbers.length) for (const row of await countsWithin[depth](numbers)) found.set(row.key, row.number);
      }
      return queries.map(({ obj }) => ({ totalCount: found.get(obj.number) ?? 0 }));
    },
    children: async (queries) => {
      const found = many(await gridsBelow(ids(queries)), "parent_id", queries);
      return found.map((rows, place) => ({
        totalCount: rows.length,
        edges: edges(rows.slice(0, queries[place].params.first)),
      }));
    },
  },
  Volunteer: {
    person: one(peopleById, "person_id"),
    memberships: async (queries) => many(await membershipsOf(ids(queries)), "volunteer_id", queries),
    accounts: async (queries) => many(await accountsOf(ids(queries)), "volunteer_id", queries),
    records: async (queries) => {
      const rows = await recordsOf(ids(queries), queries[0].params.first);
      return many(rows, "volunteer_id", queries).map((several) => ({ edges: edges(several) }));
    },
  },
  Membership: { team: one(teamsById, "team_id") },
};

const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers, loaders, jit: 1, graphiql: false });
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
