// graphql-ws: subscriptions and queries over one socket, going on from a cursor, refusals by close codes.

import WebSocket from "ws";
import { createClient } from "graphql-ws";
import { change, headers, socketUrl, tell } from "./district.mjs";

const EVENTS = `subscription Events($after: String) {
  events(types: ["base.grid.created"], after: $after) {
    cursor type grid { code name parent { name } } subject { __typename id }
  }
}`;

function clientOf(role) {
  return createClient({
    url: socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: role ? { Authorization: headers(role).authorization } : {},
    retryAttempts: 0,
  });
}

/** Resolves when the socket's server has answered everything sent before. */
async function standing(client) {
  for await (const answer of client.iterate({ query: "{ district { code } }" })) return answer;
}

async function refusal(asking) {
  try {
    await asking.next();
  } catch (error) {
    return Array.isArray(error) ? error.map((one) => one.extensions.code) : error.code;
  }
  throw new Error("It was not refused.");
}

const client = clientOf("district_admin");
const asked = await standing(client);
const events = client.iterate({ query: EVENTS });
const coming = events.next();
await standing(client);
await change("网页套接字片一", "ws-1");
const { value: first } = await coming;
await events.return();

await change("网页套接字片二", "ws-2"); // while nobody listens
const onwards = client.iterate({ query: EVENTS, variables: { after: first.data.events.cursor } });
const { value: second } = await onwards.next();
await onwards.return();

const misspelt = await refusal(client.iterate({ query: "subscription { event { type } }" }));
/** The code with which the server closes a socket that is sent so many bytes at once. */
function closedAfter(bytes) {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketUrl, "graphql-transport-ws");
    socket.on("open", () => socket.send(" ".repeat(bytes)));
    socket.on("close", resolve);
  });
}

const { cursor, type, grid, subject } = first.data.events;
const forged = createClient({
  url: socketUrl,
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: "Bearer x" },
  retryAttempts: 0,
});

tell({
  asked: asked.data.district.code,
  first: { cursor: typeof cursor, type, name: grid.name, parent: grid.parent.name, subject: subject.__typename },
  second: second.data.events.grid.name,
  misspelt,
  stranger: await refusal(clientOf(null).iterate({ query: EVENTS })),
  large: [await closedAfter(1024 * 1024), await closedAfter(1024 * 1024 + 1)],
  forged: await refusal(forged.iterate({ query: EVENTS })),
});
await client.dispose();
