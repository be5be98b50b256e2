// graphql-sse with distinct connections, and urql's subscriptions over the same: one request to an operation.

import { Client, fetchExchange, gql } from "@urql/core";
import { createClient } from "graphql-sse";
import { change, headers, noting, tell, url } from "./district.mjs";

const EVENTS = `subscription Events($after: String) {
  events(types: ["base.grid.created"], after: $after) { cursor type grid { name } }
}`;

const requests = [];

function clientOf(role) {
  return createClient({ url, headers: role ? headers(role) : {}, fetchFn: noting(requests), retryAttempts: 0 });
}

/** Resolves when the server has begun to answer one request more. */
async function begun(count) {
  while (requests.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function refusal(role, query) {
  try {
    const { value } = await clientOf(role).iterate({ query }).next();
    return value.errors.map((one) => one.extensions.code);
  } catch (error) {
    if (!error.response) throw error;
    return (await error.response.json()).errors.map((one) => one.extensions.code);
  }
}

const client = clientOf("district_admin");
const events = client.iterate({ query: EVENTS });
const coming = events.next();
await begun(1);
await change("事件流片一", "sse-1");
const { value: first } = await coming;
await events.return();

await change("事件流片二", "sse-2");
const onwards = client.iterate({ query: EVENTS, variables: { after: first.data.events.cursor } });
const { value: second } = await onwards.next();
await onwards.return();

const { value: asked } = await client.iterate({ query: "{ district { code } }" }).next();

const urql = new Client({
  url,
  exchanges: [fetchExchange],
  fetch: noting(requests),
  fetchOptions: { headers: headers("district_admin") },
  fetchSubscriptions: true,
});
const before = requests.length;
const told = new Promise((resolve) => {
  urql.subscription(gql(EVENTS), {}).subscribe(resolve);
});
await begun(before + 1);
await change("事件流片三", "sse-3");
const third = (await told).data.events;

tell({
  first: first.data.events.grid.name,
  second: second.data.events.grid.name,
  third: third.grid.name,
  asked: asked.data.district.code,
  types: [...new Set(requests.map((one) => one.type))],
  misspelt: await refusal("district_admin", "subscription { event { type } }"),
  stranger: await refusal(null, EVENTS),
});
process.exit(0); // urql is still subscribed
