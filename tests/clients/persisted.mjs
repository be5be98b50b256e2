// Automatic persisted queries: a hash first, the text once, a hash alone from then on.

import { createHash } from "node:crypto";
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { headers, tell, url } from "./district.mjs";

const sha256 = async (text) => createHash("sha256").update(text).digest("hex");

/** A fetch that notes how each request names its document. */
function naming(noted) {
  return async (input, init = {}) => {
    const address = new URL(input);
    const sent = init.body ? JSON.parse(init.body) : Object.fromEntries(address.searchParams);
    const answer = await fetch(input, init);
    noted.push([init.method ?? "GET", sent.query ? "text" : "hash", answer.status]);
    return answer;
  };
}

async function apollo(language) {
  const noted = [];
  const link = new HttpLink({
    uri: url,
    headers: headers("district_admin", { "accept-language": language }),
    fetch: naming(noted),
  });
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
  const client = new ApolloClient({ link: persisted.concat(link), cache: new InMemoryCache() });
  const query = gql`query Apollo_${language}($code: String!) { grid(code: $code) { id name } }`;
  const { data } = await client.query({ query, variables: { code: "370703001001" } });
  await client.query({ query, variables: { code: "370703001" } });
  return { name: data.grid.name, noted };
}

async function urql() {
  const noted = [];
  const client = new Client({
    url,
    exchanges: [persistedExchange({ generateHash: sha256, preferGetForPersistedQueries: true }), fetchExchange],
    fetch: naming(noted),
    fetchOptions: { headers: headers("district_admin") },
  });
  const query = "query Urql($code: String!) { grid(code: $code) { id name } }";
  const { data, error } = await client.query(query, { code: "370703001001" }).toPromise();
  if (error) throw error;
  await client.query(query, { code: "370703001" }).toPromise();
  return { name: data.grid.name, noted };
}

tell({ apollo: await apollo("en"), apolloInChinese: await apollo("zh"), urql: await urql() });
