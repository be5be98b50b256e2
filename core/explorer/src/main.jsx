// The explorer's form with GraphiQL; the page around it says who asks and hands examples in.

import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useGraphiQL } from "@graphiql/react";
import { buildASTSchema, getOperationAST, parse, print, visit } from "graphql";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "./page.css";

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url)),
};

const FIRST = `query District {
  district {
    name
    code
    plugins { slug title version }
  }
}
`;

/** Put GraphiQL into an element; return what the page around it may call. */
export function mount(place, shell) {
  const hand = { editors: null, draw: () => {} };
  return new Promise((resolve) => {
    const form = {
      load({ query, variables }) {
        hand.editors.query.setValue(query);
        hand.editors.variables.setValue(variables);
        hand.editors.query.focus();
      },
      refresh: () => hand.draw(),
    };
    hand.ready = () => resolve(form);
    createRoot(place).render(<Explorer shell={shell} hand={hand} />);
  });
}

function Explorer({ shell, hand }) {
  const [schema, setSchema] = useState(() => schemaOf(shell.sdl));
  hand.draw = () => setSchema(schemaOf(shell.sdl));
  return (
    <GraphiQL
      fetcher={(payload, options) => fetched(shell, payload, options)}
      schema={schema}
      dangerouslyAssumeSchemaIsValid
      defaultQuery={FIRST}
      defaultEditorToolsVisibility="variables"
      forcedTheme="system"
      plugins={[HISTORY_PLUGIN]}
      storage={sessionStorage}
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo>{null}</GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, copy }) => (
          <>
            <Hand hand={hand} />
            {prettify}
            {copy}
          </>
        )}
      </GraphiQL.Toolbar>
    </GraphiQL>
  );
}

/** Keeps the editors for the page around, which loads examples into them. */
function Hand({ hand }) {
  const query = useGraphiQL((state) => state.queryEditor);
  const variables = useGraphiQL((state) => state.variableEditor);
  useEffect(() => {
    if (!query || !variables) return;
    hand.editors = { query, variables };
    hand.ready();
  }, [hand, query, variables]);
  return null;
}

async function fetched(shell, { query, variables, operationName: named }, { headers } = {}) {
  const operation = operationOf(query, named);
  const operationName = operation?.name?.value;
  const payload = { query, variables, operationName };
  if (operation?.operation === "subscription") return events(shell, payload);
  const answer = await shell.ask(payload, headers);
  if (operationName !== "IntrospectionQuery") shell.report(answer);
  return answer.body;
}

/** Return what is to be run, or null where the server has to say what is wrong with the document. */
function operationOf(query, named) {
  try {
    const document = parse(query, { noLocation: true });
    // Right after an example was loaded, GraphiQL still has the name of the operation before.
    return getOperationAST(document, named) ?? getOperationAST(document);
  } catch {
    return null;
  }
}

/** Return the events of a subscription as they come, until it ends or GraphiQL stops it. */
function events(shell, payload) {
  const waiting = [];
  let over = false;
  let wake = () => {};
  const stop = shell.follow(payload, {
    next: (event) => (waiting.push(event), wake()),
    error: (errors) => (waiting.push({ errors }), (over = true), wake()),
    complete: () => ((over = true), wake()),
  });
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (!waiting.length && !over) await new Promise((resolve) => (wake = resolve));
      return waiting.length ? { value: waiting.shift(), done: false } : { value: undefined, done: true };
    },
    async return() {
      stop();
      return { value: undefined, done: true };
    },
  };
}

/** Return the schema of an SDL, its directives told in the descriptions, where GraphiQL shows them. */
function schemaOf(sdl) {
  if (!sdl) return null;
  const told = (node) => {
    const marks = node.directives.filter((one) => one.name.value !== "deprecated").map((one) => `\`${print(one)}\``);
    if (!marks.length) return undefined;
    const text = [node.description?.value, marks.join(" ")].filter(Boolean).join("\n\n");
    return { ...node, description: { kind: "StringValue", value: text, block: true } };
  };
  return buildASTSchema(visit(parse(sdl), { ObjectTypeDefinition: { leave: told }, FieldDefinition: { leave: told } }), {
    assumeValidSDL: true,
  });
}
