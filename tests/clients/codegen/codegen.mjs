// What graphql-codegen makes: typed documents of files, and the client preset for documents in code.

import { headers, url } from "../district.mjs";

const scalars = { Date: "string", DateTime: "string", Time: "string", Duration: "string", Decimal: "string" };

export default {
  schema: [{ [url]: { headers: headers("district_admin") } }],
  generates: {
    "src/documents.ts": {
      documents: "src/*.graphql",
      plugins: ["typescript-operations", "typed-document-node"],
      config: { scalars, useTypeImports: true },
    },
    "src/gql/": {
      documents: "src/app.ts",
      preset: "client",
      config: { scalars, useTypeImports: true },
    },
  },
};
