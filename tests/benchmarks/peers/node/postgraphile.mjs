// PostGraphile 5 over the bare tables; with BENCH_RLS=1 under row-level security, for the place of a verified token.
import { createServer } from "node:http";
import jsonwebtoken from "jsonwebtoken";
import pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { pgSmartTags } from "postgraphile/utils";

const schema = process.env.BENCH_SCHEMA;
const secured = process.env.BENCH_RLS === "1";
const pool = new pg.Pool({
  connectionString: process.env.BENCH_URL,
  max: Number(process.env.BENCH_POOL),
  idleTimeoutMillis: 3_000, // then the connections are free for the next peer
});

// Rows remember the numbers of their ancestors: told to PostGraphile as foreign keys, so that a grid has its people.
const depths = [1, 2, 3, 4];
const ancestors = pgSmartTags([
  {
    kind: "class",
    match: `${schema}.base_people`,
    tags: {
      foreignKey: depths.map((depth) => `(anc_${depth}) references ${schema}.base_grids (number)`),
    },
  },
  // Its indexes cover the rows that have an ancestor at that depth, which PostGraphile does not count as indexed.
  ...["base_people", "volunteer_points_volunteers"].flatMap((table) =>
    depths.map((depth) => ({
      kind: "attribute",
      match: `${schema}.${table}.anc_${depth}`,
      tags: { behavior: "+filterBy" },
    })),
  ),
]);

const remembered = new Map(); // subject → place and until when it is believed, as the project's server does
async function placeOf(subject) {
  const known = remembered.get(subject);
  if (known && known.until > performance.now()) return known.place;
  const found = await pool.query({
    name: "place",
    text: `SELECT grid.number FROM ${schema}.wangge_accounts account
      JOIN ${schema}.wangge_role_grants held ON held.account_id = account.id
      JOIN ${schema}.base_grids grid ON grid.id = held.place_id
      WHERE account.subject = $1 AND NOT account.disabled AND held.since <= now()
        AND (held.until IS NULL OR held.until > now())`,
    values: [subject],
  });
  if (found.rows.length !== 1) throw new Error("nobody");
  remembered.set(subject, { place: String(found.rows[0].number), until: performance.now() + 2000 });
  return remembered.get(subject).place;
}

async function settings(request) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer") throw new Error("nobody");
  const claims = jsonwebtoken.verify(token, process.env.BENCH_KEY, {
    algorithms: ["HS256"],
    audience: "wangge",
  });
  return { role: "wangge_bench_reader", "wangge.place": await placeOf(claims.sub) };
}

const preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [ancestors],
  pgServices: [makePgService({ pool, schemas: [schema] })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
  grafast: {
    explain: false,
    context: secured ? async (request) => ({ pgSettings: await settings(request.node.req) }) : () => ({}),
  },
};

const instance = postgraphile(preset);
if (process.argv[2] === "schema") {
  const { printSchema } = await import("graphql");
  console.log(printSchema(await instance.getSchema()));
  process.exit(0);
}
const service = instance.createServ(grafserv);
const server = createServer();
await service.addTo(server);
await service.ready();
server.listen(Number(process.env.PORT), "127.0.0.1");
