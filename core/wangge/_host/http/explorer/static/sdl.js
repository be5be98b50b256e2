// Reads a schema's SDL, directives included, which an introspection would leave out.

const TOKEN = /\s+|,|#[^\n]*|"""((?:\\"""|[\s\S])*?)"""|"((?:[^"\\\n]|\\.)*)"|[A-Za-z_]\w*|-?\d[\w.+-]*|\.\.\.|[!$&()=:@[\]{|}]/gy;

/** Return the definitions by name: `{kind, name, description, directives, fields, …}`. */
export function readSdl(text) {
  const reader = new Reader(text);
  const types = new Map();
  const directives = new Map();
  while (!reader.done) {
    const definition = reader.definition();
    if (definition.kind === "directive") directives.set(definition.name, definition);
    else if (definition.kind !== "schema") types.set(definition.name, definition);
  }
  return { types, directives };
}

/** Return the name of the type inside `[Name!]!`. */
export const namedType = (type) => type.replace(/[[\]!]/g, "");

class Reader {
  constructor(text) {
    this.tokens = [];
    for (const match of text.matchAll(TOKEN)) {
      if (match[1] !== undefined) this.tokens.push({ text: dedent(match[1]), quoted: true });
      else if (match[2] !== undefined) this.tokens.push({ text: match[2], quoted: true });
      else if (!/^[\s,#]/.test(match[0])) this.tokens.push({ text: match[0], quoted: false });
    }
    this.at = 0;
  }

  get done() {
    return this.at >= this.tokens.length;
  }

  is(text) {
    const token = this.tokens[this.at];
    return token !== undefined && !token.quoted && token.text === text;
  }

  take() {
    return this.tokens[this.at++].text;
  }

  skip(text) {
    if (!this.is(text)) return false;
    this.at += 1;
    return true;
  }

  description() {
    return this.tokens[this.at]?.quoted ? this.take() : "";
  }

  definition() {
    const description = this.description();
    this.skip("extend");
    const kind = this.take();
    if (kind === "schema") return { kind, directives: this.applied(), fields: this.block(() => this.field()) };
    if (kind === "directive") return this.directive(description);
    const found = { kind, name: this.take(), description };
    found.implements = this.skip("implements") ? this.names("&") : [];
    found.directives = this.applied();
    if (kind === "union") found.members = this.skip("=") ? this.names("|") : [];
    else if (kind === "enum") found.values = this.block(() => this.value());
    else if (kind !== "scalar") found.fields = this.block(() => this.field());
    return found;
  }

  directive(description) {
    this.skip("@");
    const found = { kind: "directive", name: this.take(), description, args: this.arguments() };
    this.skip("repeatable");
    this.skip("on");
    found.places = this.names("|");
    return found;
  }

  names(separator) {
    this.skip(separator);
    const found = [this.take()];
    while (this.skip(separator)) found.push(this.take());
    return found;
  }

  block(read) {
    const found = [];
    if (this.skip("{")) while (!this.skip("}")) found.push(read());
    return found;
  }

  value() {
    return { description: this.description(), name: this.take(), directives: this.applied() };
  }

  field() {
    const found = { description: this.description(), name: this.take(), args: this.arguments() };
    this.skip(":");
    found.type = this.type();
    found.default = this.skip("=") ? this.literal() : undefined;
    found.directives = this.applied();
    return found;
  }

  arguments() {
    const found = [];
    if (this.skip("(")) while (!this.skip(")")) found.push(this.field());
    return found;
  }

  type() {
    let found = this.skip("[") ? `[${this.type()}` : this.take();
    if (found.startsWith("[") && this.skip("]")) found += "]";
    return this.skip("!") ? `${found}!` : found;
  }

  applied() {
    const found = [];
    while (this.skip("@")) {
      const directive = { name: this.take(), args: {} };
      if (this.skip("("))
        while (!this.skip(")")) {
          const name = this.take();
          this.skip(":");
          directive.args[name] = this.literal();
        }
      found.push(directive);
    }
    return found;
  }

  literal() {
    const ends = { "[": "]", "{": "}" };
    const token = this.tokens[this.at++];
    if (token.quoted || !(token.text in ends)) return token.text;
    const parts = [];
    while (!this.is(ends[token.text])) parts.push(this.literal());
    return `${token.text}${parts.join(" ")}${this.take()}`;
  }
}

function dedent(text) {
  const lines = text.replace(/\\"""/g, '"""').split("\n");
  const indents = lines.slice(1).filter((line) => line.trim()).map((line) => line.search(/\S/));
  const least = Math.min(...indents, Infinity);
  return lines.map((line, place) => (place && least < Infinity ? line.slice(least) : line)).join("\n").trim();
}
