// relay-runtime with what relay-compiler made: pages into a connection, a reload by id, a mutation.

import { readdirSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import runtime from "relay-runtime";
import { headers, tell, url } from "../district.mjs";

const { ConnectionHandler, Environment, Network, RecordSource, Store, commitMutation, fetchQuery } = runtime;
const folder = new URL(".", import.meta.url);

const sdl = await fetch(url.replace(/graphql$/, "schema.graphql"), { headers: headers("district_admin") });
writeFileSync(new URL("schema.graphql", folder), await sdl.text());
const compiled = spawnSync("node", ["../node_modules/relay-compiler/cli.js"], { cwd: folder });
if (compiled.status !== 0) throw new Error(`${compiled.stdout}${compiled.stderr}`);

const made = async (name) => (await import(`./src/__generated__/${name}.graphql.js`)).default;
const environment = new Environment({
  network: Network.create(async ({ text, name }, variables) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: headers("district_admin", {
        "content-type": "application/json",
        accept: "application/graphql-response+json",
      }),
      body: JSON.stringify({ query: text, operationName: name, variables }),
    });
    return answer.json();
  }),
  store: new Store(new RecordSource()),
});
const ask = async (name, variables) => fetchQuery(environment, await made(name), variables).toPromise();

await ask("CommunitiesQuery", { count: 10 });

function connection() {
  let found;
  environment.commitUpdate((store) => {
    const grids = ConnectionHandler.getConnection(store.getRoot(), "Communities_grids", {
      where: { level: { eq: "community" } },
      orderBy: ["CODE_ASC"],
    });
    found = {
      codes: grids.getLinkedRecords("edges").map((edge) => edge.getLinkedRecord("node").getValue("code")),
      cursor: grids.getLinkedRecord("pageInfo").getValue("endCursor"),
      totalCount: grids.getValue("totalCount"),
    };
  });
  return found;
}

const first = connection();
await ask("CommunitiesPageQuery", { count: 10, cursor: first.cursor });
const { codes, totalCount } = connection();

const { grid } = await ask("CommunityQuery", { code: "370703001001", withPlaces: true });
await ask("CommunityPageQuery", { id: grid.id, count: 5, cursor: null });
const known = environment.getStore().getSource().get(grid.id);

const input = { parent: grid.id, name: "接力片", level: "section", clientMutationId: "relay-1" };
const mutation = await made("CommunityCreateMutation");
const created = await new Promise((onCompleted, onError) => {
  commitMutation(environment, { mutation, variables: { input }, onCompleted, onError });
});
const { nodes } = await ask("AnythingQuery", { ids: [grid.id, created.createGrid.grid.id] });

tell({
  artifacts: readdirSync(new URL("src/__generated__/", folder)).length,
  edges: codes.length,
  different: new Set(codes).size,
  totalCount,
  ancestors: grid.ancestors.map((one) => one.name),
  known: known.name,
  created: { name: environment.getStore().getSource().get(created.createGrid.grid.id).name },
  userErrors: created.createGrid.userErrors,
  nodes: nodes.map((one) => one.__typename),
});
