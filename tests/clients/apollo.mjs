// Apollo Client: pages, cache by id, mutations, errors, GET.

import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client/core";
import { relayStylePagination } from "@apollo/client/utilities";
import { filter, firstValueFrom } from "rxjs";
import { headers, noting, tell, url } from "./district.mjs";

const COMMUNITIES = gql`
  query Communities($first: Int!, $after: String) {
    grids(first: $first, after: $after, where: { level: { eq: "community" } }, orderBy: [CODE_ASC]) {
      totalCount
      edges { cursor node { id code name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const GRID = gql`query Grid($code: String!) { grid(code: $code) { id code name parent { id name } } }`;
const CREATE = gql`
  mutation Create($input: CreateGridInput!) {
    createGrid(input: $input) {
      grid { id name parent { id name } }
      userErrors { code message path }
    }
  }
`;

const requests = [];

function clientOf(role, options = {}) {
  const link = new HttpLink({ uri: url, headers: headers(role), fetch: noting(requests), ...options });
  const grids = relayStylePagination(["where", "orderBy"]);
  const cache = new InMemoryCache({ typePolicies: { Query: { fields: { grids } } } });
  return new ApolloClient({ link, cache });
}

/** The codes of an operation's errors, and what kind of error the client made of them. */
async function refusal(asking) {
  try {
    await asking;
  } catch (error) {
    if (!CombinedGraphQLErrors.is(error)) throw error;
    return error.errors.map((one) => one.extensions.code);
  }
  throw new Error("It was not refused.");
}

async function pages(client) {
  const asked = { query: COMMUNITIES, variables: { first: 10 } };
  const watched = client.watchQuery(asked);
  const subscription = watched.subscribe({});
  await firstValueFrom(watched.pipe(filter((result) => !result.loading)));
  for (let page = 2; page <= 3; page += 1) {
    const { endCursor } = client.readQuery(asked).grids.pageInfo;
    await watched.fetchMore({ variables: { first: 10, after: endCursor } });
  }
  const shown = await firstValueFrom(watched.pipe(filter((result) => result.data?.grids.edges.length === 30)));
  const { edges, totalCount, pageInfo } = shown.data.grids;
  subscription.unsubscribe();
  const codes = edges.map((edge) => edge.node.code);
  return {
    edges: edges.length,
    different: new Set(codes).size,
    inOrder: codes.every((code, place) => place === 0 || codes[place - 1] < code),
    totalCount,
    hasNextPage: pageInfo.hasNextPage,
  };
}

async function cached(client) {
  const { data } = await client.query({ query: GRID, variables: { code: "370703001001" } });
  const id = client.cache.identify(data.grid);
  const fragment = gql`fragment Known on Grid { code name }`;
  const known = client.cache.readFragment({ id, fragment });
  const before = requests.length;
  await client.query({ query: GRID, variables: { code: "370703001001" } });
  return { key: id.replace(/[0-9a-f]{32}/, "…"), name: known.name, asked: requests.length - before };
}

async function changes(client) {
  const { data } = await client.query({ query: GRID, variables: { code: "370703001001" } });
  const input = { parent: data.grid.id, name: "阿波罗片", level: "section", clientMutationId: "apollo-1" };
  const first = (await client.mutate({ mutation: CREATE, variables: { input } })).data.createGrid;
  const again = (await client.mutate({ mutation: CREATE, variables: { input } })).data.createGrid;
  const wrong = { parent: data.grid.id, name: "街道", level: "street" };
  const refused = (await client.mutate({ mutation: CREATE, variables: { input: wrong } })).data.createGrid;
  return {
    name: first.grid.name,
    parent: client.cache.extract()[client.cache.identify(first.grid)].parent.__ref === client.cache.identify(data.grid),
    same: first.grid.id === again.grid.id,
    errors: [...first.userErrors, ...again.userErrors].length,
    refused: [refused.grid, refused.userErrors.map(({ code, path }) => ({ code, path }))],
  };
}

const administrator = clientOf("district_admin");
const byGet = clientOf("district_admin", { useGETForQueries: true });
const stranger = clientOf("district_admin", { headers: {} });
const input = { parent: "Grid_" + "0".repeat(32), name: "片", level: "section" };

tell({
  pages: await pages(administrator),
  cache: await cached(administrator),
  changes: await changes(administrator),
  get: (await byGet.query({ query: GRID, variables: { code: "370703001" } })).data.grid.name,
  refusals: {
    misspelt: await refusal(administrator.query({ query: gql`{ district { nam } }` })),
    forbidden: await refusal(clientOf("resident").mutate({ mutation: CREATE, variables: { input } })),
    stranger: await refusal(stranger.query({ query: gql`{ me { account } }` })),
    forged: await refusal(
      clientOf("district_admin", { headers: { authorization: "Bearer x" } }).query({ query: GRID, variables: { code: "1" } }),
    ),
  },
  methods: [...new Set(requests.map((one) => one.method))].sort(),
  statuses: [...new Set(requests.map((one) => one.status))].sort(),
  types: [...new Set(requests.map((one) => one.type))],
});
