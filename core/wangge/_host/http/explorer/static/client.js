// Asks the district's endpoint: operations over HTTP, subscriptions over graphql-transport-ws.

import { language } from "./words.js";

const ENDPOINT = location.pathname;

/** Return the address of what stands beside the endpoint. */
export const beside = (name) => ENDPOINT.replace(/graphql$/, name);

/** The signed-in token; kept while the window is open, and nowhere else. */
export const session = {
  get token() {
    return sessionStorage.getItem(`wangge.token ${ENDPOINT}`) ?? "";
  },
  set token(value) {
    sessionStorage.setItem(`wangge.token ${ENDPOINT}`, value);
  },
};

/** Return the headers that every request carries. */
export function headers() {
  const languages = { "accept-language": language === "zh" ? "zh-CN" : "en" };
  return session.token ? { ...languages, authorization: `Bearer ${session.token}` } : languages;
}

/** Get a text that stands beside the endpoint, or null where the caller may not have it. */
export async function fetchBeside(name) {
  const response = await fetch(beside(name), { headers: headers() });
  return response.ok ? response.text() : null;
}

/** Run a query or mutation: the answer, its status, and how it was served. */
export async function ask(payload, more = {}, signal = undefined) {
  const started = performance.now();
  const sent = new Headers({ ...headers(), accept: "application/graphql-response+json, application/json" });
  for (const [name, value] of Object.entries(more)) sent.set(name, value);
  sent.set("content-type", "application/json");
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: sent,
    body: JSON.stringify(payload),
    signal,
  });
  const text = await response.text();
  return {
    status: response.status,
    milliseconds: performance.now() - started,
    requestId: response.headers.get("x-request-id"),
    ...timing(response.headers.get("server-timing") ?? ""),
    body: parsed(text),
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: text.slice(0, 500) }] };
  }
}

/** Read `total;dur=3.2, plan;desc="sql", why;desc="…"`. */
function timing(header) {
  const described = (name) => new RegExp(`\\b${name};desc="((?:[^"\\\\]|\\\\.)*)"`).exec(header)?.[1];
  const served = /\btotal;dur=([\d.]+)/.exec(header)?.[1];
  return { tier: described("plan"), why: described("why"), served: served && Number(served) };
}

/** Return who asks, as a WebSocket is told it. */
function parameters() {
  const given = { "Accept-Language": headers()["accept-language"] };
  return session.token ? { ...given, Authorization: `Bearer ${session.token}` } : given;
}

/** Subscribe; `sink` has `stands`, `next`, `error` and `complete`. Return how to stop. */
export function subscribe(payload, sink) {
  const socket = new WebSocket(new URL(ENDPOINT, location.href).href.replace(/^http/, "ws"), "graphql-transport-ws");
  let over = false;
  const end = (how, value) => {
    if (over) return;
    over = true;
    socket.close(1000, "done");
    sink[how](value);
  };
  const answers = {
    connection_ack: () => {
      socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }));
      socket.send(JSON.stringify({ type: "ping" })); // answered when the subscription stands
    },
    pong: () => !over && sink.stands(),
    ping: () => socket.send(JSON.stringify({ type: "pong" })),
    next: (message) => !over && sink.next(message.payload),
    error: (message) => end("error", message.payload),
    complete: () => end("complete"),
  };
  socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init", payload: parameters() }));
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    answers[message.type]?.(message);
  };
  socket.onclose = (event) =>
    event.code === 1000
      ? end("complete")
      : end("error", [{ message: event.reason || `WebSocket ${event.code}` }]);
  return () => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id: "1", type: "complete" }));
    end("complete");
  };
}

/** Return what mutations refused, anywhere in the data. */
export function refusals(value) {
  if (!value || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "userErrors" && Array.isArray(inner) ? inner : refusals(inner),
  );
}
