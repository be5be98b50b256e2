// Colours GraphQL and JSON: text in, elements out.

import { make } from "./words.js";

const GRAPHQL =
  /(?<comment>#[^\n]*)|(?<string>"""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?)|(?<variable>\$\w+)|(?<directive>@\w+)|(?<number>-?\b\d[\d.eE+-]*)|(?<keyword>\b(?:query|mutation|subscription|fragment|on|true|false|null)\b)|(?<argument>[A-Za-z_]\w*(?=\s*:))|(?<type>\b[A-Z]\w*)/g;
const JSON_TEXT =
  /(?<property>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\]|\\.)*")|(?<number>-?\b\d[\d.eE+-]*)|(?<keyword>\b(?:true|false|null)\b)/g;
const LONGEST = 200_000;

function colour(text, pattern) {
  if (text.length > LONGEST) return [text];
  const parts = [];
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const [kind, found] = Object.entries(match.groups).find(([, value]) => value !== undefined);
    parts.push(text.slice(done, match.index), make("span", { className: kind }, found));
    done = match.index + found.length;
  }
  return [...parts, text.slice(done)];
}

export const graphql = (text) => colour(text, GRAPHQL);
export const json = (text) => colour(text, JSON_TEXT);
