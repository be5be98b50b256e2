// graphql-codegen over the served schema, then the compiler over a file that uses what it made.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tell } from "../district.mjs";

const folder = new URL(".", import.meta.url);

function run(tool, ...words) {
  const done = spawnSync(`../node_modules/.bin/${tool}`, words, { cwd: folder, encoding: "utf-8" });
  if (done.status !== 0) throw new Error(`${tool}: ${done.error ?? ""}${done.stdout}${done.stderr}`);
}

run("graphql-codegen", "--config", "codegen.mjs");
run("tsc", "--project", "tsconfig.json");

const documents = readFileSync(new URL("src/documents.ts", folder), "utf-8");
const preset = readFileSync(new URL("src/gql/graphql.ts", folder), "utf-8");
tell({
  documents: documents.match(/^export const \w+/gm).map((one) => one.split(" ")[2]),
  preset: preset.match(/^export const \w+Document\b/gm).map((one) => one.split(" ")[2]),
});
