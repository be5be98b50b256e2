// The page around either form of the explorer: who asks, the programmes with their examples, how it went.

import { ask, beside, fetchBeside, refusals, session, subscribe } from "./client.js";
import { ROLES, either, language, make, speak, word } from "./words.js";

const facts = JSON.parse(document.getElementById("facts").textContent);
const wantsPlain = new URLSearchParams(location.search).has("plain");
const seen = {};
let form;
let me = null;
let refused = "";
let programmes = null;
let chosen = null;

/** What the forms may know of the page around them. */
const shell = { facts, ask, follow, report, sdl: null };

async function signIn(token) {
  session.token = token.trim();
  me = null;
  refused = "";
  programmes = null;
  shell.sdl = null;
  if (session.token) await learn(session.token);
  drawSide();
  form?.refresh();
}

async function learn(token) {
  let found;
  try {
    found = await Promise.all([
      ask({ query: "{ me { account roles { role } } }" }),
      fetchBeside("examples.json"),
      fetchBeside("schema.graphql"),
    ]);
  } catch (error) {
    refused = word("noAnswer") + error.message;
    return;
  }
  if (session.token !== token) return; // somebody else has signed in meanwhile
  const [answer, examples, sdl] = found;
  me = answer.body.data?.me ?? null;
  refused = me ? "" : (answer.body.errors?.[0]?.message ?? word("badToken"));
  programmes = examples && JSON.parse(examples);
  shell.sdl = sdl;
}

function drawLinks() {
  const other = { zh: "en", en: "zh" }[language];
  const links = [
    make("button", { className: "quiet", textContent: word("sdl"), onclick: download, id: "sdl" }),
    facts.graphiql &&
      make("a", {
        className: "quiet",
        href: wantsPlain ? location.pathname : `${location.pathname}?plain`,
        textContent: word(wantsPlain ? "graphiql" : "plain"),
      }),
    make("button", {
      className: "quiet",
      id: "language",
      lang: other,
      textContent: other === "en" ? "English" : "中文",
      onclick: () => turn(other),
    }),
  ];
  document.getElementById("links").replaceChildren(...links.filter(Boolean));
}

function turn(to) {
  speak(to);
  drawLinks();
  drawSide();
  form?.refresh();
  document.getElementById("status").replaceChildren();
}

async function download() {
  if (!shell.sdl) return document.getElementById("token").focus();
  const url = URL.createObjectURL(new Blob([shell.sdl], { type: "text/plain" }));
  make("a", { href: url, download: `${facts.code}.graphql` }).click();
  URL.revokeObjectURL(url);
}

function drawSide() {
  const open = document.activeElement?.id;
  document.getElementById("side").replaceChildren(drawIdentity(), drawProgrammes());
  if (open) document.getElementById(open)?.focus();
}

function drawIdentity() {
  const input = make("input", {
    id: "token",
    className: "secret",
    value: session.token,
    placeholder: word("tokenHint"),
    autocomplete: "off",
    spellcheck: false,
    onchange: (event) => signIn(event.target.value),
  });
  return make(
    "section",
    { "aria-label": word("signIn") },
    make("h2", {}, word("signIn")),
    Object.keys(facts.tokens).length ? drawRoles() : null,
    make("label", {}, word("token"), input),
    me ? drawMe() : drawHint(),
  );
}

function drawRoles() {
  const choice = (role, token) =>
    make(
      "label",
      { className: "choice" },
      make("input", {
        type: "radio",
        name: "role",
        id: `role-${role || "nobody"}`,
        checked: session.token === token,
        onchange: () => signIn(token),
      }),
      make("span", {}, role ? either(ROLES[role]) : word("nobody")),
      make("code", {}, role),
    );
  return make(
    "fieldset",
    {},
    make("legend", {}, word("demoRole")),
    choice("", ""),
    Object.entries(facts.tokens).map(([role, token]) => choice(role, token)),
  );
}

function drawHint() {
  if (refused) return make("p", { className: "wrong", role: "alert" }, refused);
  if (Object.keys(facts.tokens).length) return null;
  const command = `wangge token --district ${facts.code} --role grid_worker`;
  return make("p", { className: "hint" }, word("tokenIntro"), make("br"), make("code", {}, command));
}

function drawMe() {
  const copy = make("button", { className: "quiet", id: "copy", textContent: word("copyHeader") });
  copy.onclick = async () => {
    await put(`Authorization: Bearer ${session.token}`);
    copy.textContent = word("copied");
  };
  const roles = me.roles.map((one) => (ROLES[one.role] ? either(ROLES[one.role]) : one.role));
  return make(
    "div",
    { className: "me", id: "me" },
    make("b", {}, me.account),
    make("span", {}, roles.join("、")),
    make(
      "div",
      {},
      copy,
      make("button", { className: "quiet", textContent: word("signOut"), onclick: () => signIn("") }),
    ),
  );
}

/** Put a text on the clipboard, also where the page came without TLS and browsers hide it. */
async function put(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = make("textarea", { value: text });
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

function drawProgrammes() {
  const listed = [{ slug: "base", title: { zh: word("base"), en: word("base") } }, ...facts.programmes];
  return make(
    "section",
    { "aria-label": word("programmes") },
    make("h2", {}, word("programmes")),
    programmes ? null : make("p", { className: "hint" }, word("signInForExamples")),
    listed.map((programme) =>
      make(
        "div",
        { className: "programme" },
        make("h3", {}, either(programme.title), programme.version && make("small", {}, programme.version)),
        programmes && drawExamples(programmes.find((one) => one.slug === programme.slug)),
      ),
    ),
  );
}

function drawExamples(programme) {
  if (!programme?.examples.length) return make("p", { className: "hint" }, word("noExamples"));
  return make("ul", {}, programme.examples.map((example) => make("li", {}, drawExample(programme.slug, example))));
}

function drawExample(slug, example) {
  const key = `${slug}/${example.name}`;
  const kind = /^\s*(mutation|subscription)\b/m.exec(example.query)?.[1];
  const role = ROLES[example.role];
  return make(
    "button",
    {
      className: "example",
      "data-example": key,
      "aria-pressed": String(chosen === key),
      title: role ? word("asRole") + either(role) : "",
      onclick: () => choose(key, example),
    },
    make("span", {}, either(example.title)),
    kind && make("em", {}, word(kind)),
  );
}

function choose(key, example) {
  chosen = key;
  drawSide();
  const filled = example.variables.replace(/"(\w+)_…"/g, (whole, type) => (seen[type] ? `"${seen[type]}"` : whole));
  form.load({ query: example.query, variables: indented(filled) });
  const missing = filled.match(/\w+_…/g);
  const notes = [
    missing && make("span", { className: "note" }, word("fillIds").replace("{ids}", missing.join("、"))),
    drawSuited(example.role),
  ];
  document.getElementById("status").replaceChildren(...notes.filter(Boolean));
}

/** Say whom an example is meant for, where that is somebody else; the demo takes one there. */
function drawSuited(role) {
  if (!role || me?.roles.some((one) => one.role === role)) return null;
  const token = facts.tokens[role];
  const title = either(ROLES[role]);
  const act = token && make("button", { className: "quiet", onclick: () => signIn(token) }, title);
  return make("span", { className: "note" }, word("asRole"), act || title);
}

function indented(variables) {
  try {
    return JSON.stringify(JSON.parse(variables), null, 2);
  } catch {
    return variables;
  }
}

/** Show below how an operation went, and remember the ids that it gave. */
function report(answer) {
  remember(answer.body);
  document.body.dataset.answers = Number(document.body.dataset.answers ?? 0) + 1;
  const errors = answer.body?.errors ?? [];
  const cost = answer.body?.extensions?.cost;
  const refused = refusals(answer.body?.data);
  const tier = { sql: "tier1", "sql+python": "tier2", graphql: "tier3" }[answer.tier];
  const served = answer.served === undefined ? "" : ` · ${word("server")} ${answer.served.toFixed(1)} ms`;
  const parts = [
    make("b", { className: answer.status < 400 && !errors.length ? "good" : "bad" }, `HTTP ${answer.status}`),
    make("span", {}, `${answer.milliseconds.toFixed(0)} ms${served}`),
    tier && make("span", { className: `tier ${tier}`, title: answer.why ?? "" }, make("code", {}, answer.tier), word(tier)),
    cost && make("span", {}, `${word("cost")} ${cost.estimated} / ${cost.limit}`),
    errors.length ? make("span", { className: "bad" }, `${errors.length} ${word("errors")}: ${errors[0].message}`) : null,
    refused.length ? make("span", { className: "bad" }, `${word("refused")}: ${refused[0].message}`) : null,
    answer.requestId && make("span", { className: "last" }, `${word("requestId")} `, make("code", {}, answer.requestId)),
  ];
  document.getElementById("status").replaceChildren(...parts.filter(Boolean));
}

/** Subscribe as `subscribe` does, and tell below how it goes. */
function follow(payload, sink) {
  let events = 0;
  const tell = (name, className, more = "") => {
    const count = events ? ` · ${events} ${word("events")}` : "";
    document.getElementById("status").replaceChildren(make("b", { className }, word(name)), `${count}${more}`);
  };
  return subscribe(payload, {
    stands: () => tell("connected", "good"),
    next: (event) => {
      events += 1;
      remember(event);
      tell("connected", "good");
      sink.next(event);
    },
    error: (errors) => {
      tell("ended", "bad", `: ${errors[0]?.message ?? ""}`);
      sink.error(errors);
    },
    complete: () => {
      tell("ended", "");
      sink.complete();
    },
  });
}

function remember(body) {
  const fresh = new Set();
  const walk = (value) => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value && typeof value === "object") Object.values(value).forEach(walk);
    else if (typeof value === "string" && /^\w+_[0-9a-f]{32}$/.test(value)) {
      const type = value.slice(0, -33);
      if (!fresh.has(type)) seen[type] = value;
      fresh.add(type);
    }
  };
  walk(body?.data);
}

async function start() {
  drawLinks();
  if (session.token) await learn(session.token);
  drawSide();
  const place = document.getElementById("form");
  place.replaceChildren();
  const bundled = facts.graphiql && !wantsPlain;
  document.body.dataset.form = bundled ? "graphiql" : "plain";
  try {
    const { mount } = await import(bundled ? new URL(facts.graphiql.script, import.meta.url) : "./plain.js");
    if (bundled) document.head.append(make("link", { rel: "stylesheet", href: new URL(facts.graphiql.style, import.meta.url) }));
    form = await mount(place, shell);
  } catch (error) {
    const link = make("a", { href: `${beside("graphql")}?plain` }, word("plain"));
    place.replaceChildren(make("p", { className: "wrong" }, word("broken"), String(error.message), " ", link));
  }
  document.body.dataset.ready = "true";
}

start();
