// Bundles GraphiQL with all that it needs into the package, where the server finds it: `npm run bundle`.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`GraphiQL is built with Node 20 or newer; this is ${process.version}.`);
  process.exit(1);
}

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../wangge/_host/http/explorer/graphiql");
const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  metafile: true,
  legalComments: "none", // LICENSES.txt has the licences whole
  target: ["es2022"],
  define: { "process.env.NODE_ENV": '"production"' },
  outdir: out,
  logLevel: "warning",
};
const WORKERS = {
  editor: "monaco-editor/esm/vs/editor/editor.worker.js",
  graphql: "monaco-graphql/esm/graphql.worker.js",
  json: "monaco-editor/esm/vs/language/json/json.worker.js",
};

/** Leaves out the fonts that GraphiQL brings inside its style sheet: the page has fonts of its own. */
const withoutFonts = {
  name: "without-fonts",
  setup: (building) =>
    building.onLoad({ filter: /graphiql.*\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/@font-face\s*\{[^}]*url\(["']?data:[^}]*\}/g, ""),
      loader: "css",
    })),
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const workers = await build({
  ...common,
  format: "iife",
  entryPoints: Object.entries(WORKERS).map(([name, path]) => ({ in: path, out: `${name}-worker` })),
  entryNames: "[name]-[hash]",
});
const workerFiles = Object.fromEntries(
  Object.keys(WORKERS).map((name) => [name, named(workers, new RegExp(`^${name}-worker-\\w+\\.js$`))]),
);

const page = await build({
  ...common,
  format: "esm",
  splitting: true,
  jsx: "automatic",
  entryPoints: [{ in: "src/main.jsx", out: "main" }],
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".ttf": "file" },
  plugins: [withoutFonts],
  define: { ...common.define, WORKERS: JSON.stringify(workerFiles) },
});
for (const name of readdirSync(out)) // what is imported later has its styles in the main sheet already
  if (name.endsWith(".css") && !name.startsWith("main-")) rmSync(join(out, name));
const made = { script: named(page, /^main-\w+\.js$/), style: named(page, /^main-\w+\.css$/) };

writeFileSync(join(out, "LICENSES.txt"), licences([workers, page]));
pack();
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(made, null, 2)}\n`); // last: without it nothing is built
tell();

/** Return the name of the one file that a build made whose name is of this form. */
function named(result, form) {
  const found = Object.keys(result.metafile.outputs).map((path) => basename(path)).filter((name) => form.test(name));
  if (found.length !== 1) throw new Error(`The build made ${found.length} files of the form ${form}.`);
  return found[0];
}

/** Return the licences of all packages of which something is in the bundle. */
function licences(results) {
  const folders = new Set();
  for (const result of results)
    for (const path of Object.keys(result.metafile.inputs)) {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
      if (found) folders.add(found[1]);
    }
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(here, folder, "package.json"), "utf8"));
    const texts = readdirSync(join(here, folder)).filter((file) => /^(licen[cs]e|notice|thirdparty)/i.test(file));
    const text = texts.map((file) => readFileSync(join(here, folder, file), "utf8").trim()).join("\n\n");
    return `${name} ${version} (${license})\n\n${text}\n`;
  }).join(`\n${"=".repeat(78)}\n\n`);
}

/** Write each file packed beside itself, for browsers that take it so. */
function pack() {
  for (const name of readdirSync(out).filter((file) => /\.(js|css|ttf)$/.test(file))) {
    const packed = gzipSync(readFileSync(join(out, name)), { level: constants.Z_BEST_COMPRESSION });
    writeFileSync(join(out, `${name}.gz`), packed);
  }
}

function tell() {
  const size = (ending) =>
    readdirSync(out).filter((name) => name.endsWith(ending)).reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
  const mark = createHash("sha256").update(JSON.stringify(made)).digest("hex").slice(0, 8);
  console.log(`GraphiQL is built (${mark}): ${(size(".gz") / 1e6).toFixed(1)} MB packed, in ${out}`);
}
