// urql with graphcache: it knows the schema, merges pages, and asks by GET.

import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { getIntrospectionQuery } from "graphql";
import { headers, noting, tell, url } from "./district.mjs";

const COMMUNITIES = gql`
  query Communities($after: String) {
    grids(first: 10, after: $after, where: { level: { eq: "community" } }, orderBy: [CODE_ASC]) {
      totalCount
      edges { node { id code name } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;
const GRID = gql`query Grid($code: String!) { grid(code: $code) { id code name } }`;
const AGAIN = gql`query Again($id: ID!) { node(id: $id) { __typename id ... on Grid { code name } } }`;
const CREATE = gql`
  mutation Create($input: CreateGridInput!) {
    createGrid(input: $input) { grid { id code name } userErrors { code } }
  }
`;

const requests = [];
const plain = new Client({
  url,
  exchanges: [fetchExchange],
  fetch: noting(requests),
  fetchOptions: { headers: headers("district_admin") },
});
const schema = (await plain.query(getIntrospectionQuery({ descriptions: false }), {}).toPromise()).data;
const introspected = requests.splice(0);

function clientOf(role, options = {}) {
  const cache = cacheExchange({
    schema,
    keys: { District: () => null }, // there is one, and it has no id
    resolvers: { Query: { grids: relayPagination(), node: (_, { id }) => ({ __typename: id.split("_")[0], id }) } },
  });
  return new Client({
    url,
    exchanges: [cache, fetchExchange],
    fetch: noting(requests),
    fetchOptions: { headers: headers(role) },
    ...options,
  });
}

async function data(asking) {
  const { data: found, error } = await asking.toPromise();
  if (error) throw error;
  return found;
}

const client = clientOf("district_admin");
const first = await data(client.query(COMMUNITIES, {}));
const merged = await data(client.query(COMMUNITIES, { after: first.grids.pageInfo.endCursor }));
const grid = (await data(client.query(GRID, { code: "370703001001" }))).grid;
const before = requests.length;
const again = (await data(client.query(AGAIN, { id: grid.id }))).node;
const asked = requests.length - before;
const input = { parent: grid.id, name: "乌尔克片", level: "section", clientMutationId: "urql-1" };
const created = (await data(client.mutation(CREATE, { input }))).createGrid;
const misspelt = await plain.query(gql`{ district { nam } }`, {}).toPromise();
const stranger = await clientOf("resident", { fetchOptions: {} }).query(gql`{ district { name } }`, {}).toPromise();
const allowed = await clientOf("resident", { fetchOptions: { headers: { "x-wangge-preflight": "1" } } })
  .query(gql`{ district { name } }`, {})
  .toPromise();

tell({
  introspected: introspected.map(({ method, status }) => [method, status]),
  edges: merged.grids.edges.length,
  different: new Set(merged.grids.edges.map((edge) => edge.node.code)).size,
  totalCount: merged.grids.totalCount,
  node: { name: again.name, asked },
  created: { name: created.grid.name, userErrors: created.userErrors },
  misspelt: misspelt.error.graphQLErrors.map((one) => one.extensions.code),
  strangerByGet: stranger.error.graphQLErrors.map((one) => one.extensions.code),
  preflight: allowed.data.district.name,
  methods: [...new Set(requests.map((one) => one.method))].sort(),
  namesEventStreams: requests.every((one) => one.accept.includes("text/event-stream")),
  types: [...new Set(requests.map((one) => one.type))],
});
