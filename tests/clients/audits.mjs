// Every audit of graphql-http's suite for servers.

import { auditServer } from "graphql-http";
import { headers, tell, url } from "./district.mjs";

const signed = headers("district_admin"); // a GET needs it, as no page of another site can send it
const results = await auditServer({
  url,
  fetchFn: (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, ...signed } }),
});

const levels = {};
const failed = [];
for (const result of results) {
  const level = result.name.split(" ")[0];
  levels[level] = (levels[level] ?? 0) + 1;
  if (result.status !== "ok") failed.push(`${result.id} ${result.name}: ${result.reason}`);
}
tell({ levels, failed });
