// The documentation of a schema, to read and to search: types, fields, who may ask, which programme.

import { namedType, readSdl } from "./sdl.js";
import { make, word } from "./words.js";

const MOST = 60;

/** Draw the documentation into an element; null while there is none to show. */
export function drawDocs(place, sdl) {
  if (!sdl) {
    place.replaceChildren(make("p", { className: "hint" }, word("noDocs")));
    return;
  }
  new Docs(place, readSdl(sdl)).home();
}

class Docs {
  constructor(place, schema) {
    this.types = schema.types;
    this.trail = [];
    this.search = make("input", {
      type: "search",
      id: "docs-search",
      placeholder: word("search"),
      "aria-label": word("search"),
      oninput: () => this.find(this.search.value.trim().toLowerCase()),
    });
    this.page = make("div", { className: "page" });
    place.replaceChildren(this.search, this.page);
  }

  show(...content) {
    this.page.replaceChildren(...content.flat().filter(Boolean));
    this.page.scrollTop = 0;
  }

  home() {
    this.trail = [];
    const roots = ["Query", "Mutation", "Subscription"].filter((name) => this.types.has(name));
    const rest = [...this.types.values()].filter((one) => !roots.includes(one.name) && one.kind === "type");
    const usual = rest.filter((one) => !/(Connection|Edge|Payload)$/.test(one.name));
    this.show(
      make("h3", {}, word("roots")),
      roots.map((name) => this.entry(this.types.get(name))),
      make("h3", {}, word("allTypes")),
      usual.sort((one, other) => one.name.localeCompare(other.name)).map((one) => this.entry(one)),
    );
  }

  entry(type) {
    return make("div", { className: "entry" }, this.link(type.name), make("p", {}, type.description));
  }

  link(name, text = name) {
    if (!this.types.has(name)) return make("code", { className: "type" }, text);
    return make("button", { className: "type", onclick: () => this.open(name) }, text);
  }

  open(name, field = undefined) {
    this.trail.push(name);
    const type = this.types.get(name);
    this.show(
      make("button", { className: "quiet", onclick: () => this.back() }, `← ${word("back")}`),
      make("h3", {}, make("small", {}, type.kind), type.name),
      make("p", {}, type.description),
      this.marks(type.directives),
      type.implements?.length ? make("p", {}, type.implements.map((one) => this.link(one))) : null,
      type.fields && make("h4", {}, word("fields")),
      type.fields?.map((one) => this.field(one)),
      type.values && make("h4", {}, word("values")),
      type.values?.map((one) => make("div", { className: "entry" }, make("code", {}, one.name), make("p", {}, one.description))),
      type.members && make("p", {}, word("members"), type.members.map((one) => this.link(one))),
    );
    if (field) this.page.querySelector(`[data-field="${field}"]`)?.scrollIntoView();
  }

  field(field) {
    const args = field.args.map((one) =>
      make(
        "div",
        { className: "argument" },
        make("code", {}, `${one.name}: `),
        this.link(namedType(one.type), one.type),
        one.default === undefined ? null : make("code", {}, ` = ${one.default}`),
        make("span", {}, ` ${one.description}`),
      ),
    );
    return make(
      "div",
      { className: "entry", "data-field": field.name },
      make("code", { className: "name" }, field.name),
      ": ",
      this.link(namedType(field.type), field.type),
      this.marks(field.directives),
      make("p", {}, field.description),
      args.length ? make("details", {}, make("summary", {}, `${word("args")} (${args.length})`), args) : null,
    );
  }

  marks(directives) {
    const drawn = directives.map(({ name, args }) => {
      const text = {
        public: () => word("public"),
        authenticated: () => word("authenticated"),
        requires: () => `${word("requires")} ${args.permission}`,
        plugin: () => args.name,
        deprecated: () => `@deprecated ${args.reason ?? ""}`,
      }[name];
      return make("span", { className: `mark ${name}` }, text ? text() : `@${name}`);
    });
    return drawn.length ? make("span", { className: "marks" }, drawn) : null;
  }

  back() {
    this.trail.pop();
    const before = this.trail.pop();
    if (before === undefined) this.home();
    else this.open(before);
  }

  find(text) {
    if (!text) return this.home();
    const fits = (one) => `${one.name} ${one.description}`.toLowerCase().includes(text);
    const types = [...this.types.values()];
    const found = [
      ...types.filter(fits).map((one) => [one.name]),
      ...types.flatMap((type) => (type.fields ?? []).filter(fits).map((one) => [type.name, one.name])),
    ].sort((one, other) => !at(one, text) - !at(other, text));
    this.show(
      make("h3", {}, `${found.length} ${word("found")}`),
      found.slice(0, MOST).map(([type, field]) => {
        const one = field ? this.types.get(type).fields.find((inner) => inner.name === field) : this.types.get(type);
        const title = field ? `${type}.${field}` : type;
        const open = make("button", { className: "type", onclick: () => this.open(type, field) }, title);
        return make("div", { className: "entry" }, open, make("p", {}, one.description));
      }),
    );
  }
}

const at = (names, text) => names.at(-1).toLowerCase().includes(text);
