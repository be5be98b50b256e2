// The plain form: an editor, variables, headers, the answer and the documentation, without any build.

import { ask, refusals } from "./client.js";
import { drawDocs } from "./docs.js";
import * as colour from "./highlight.js";
import { make, word } from "./words.js";

const KEPT = 20;
const HISTORY = `wangge.history ${location.pathname}`;
const DRAFT = `wangge.draft ${location.pathname}`;
const FIRST = `query District {
  district {
    name
    code
    plugins { slug title version }
  }
}
`;

/** Put the form into an element; return what the page around it may call. */
export function mount(place, shell) {
  const form = new Plain(place, shell);
  form.draw();
  return form;
}

const kept = (key, otherwise) => JSON.parse(sessionStorage.getItem(key) ?? "null") ?? otherwise;
const keep = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));

class Plain {
  constructor(place, shell) {
    this.place = place;
    this.shell = shell;
    this.shown = { query: FIRST, variables: "{}", headers: "{}", ...kept(DRAFT, {}) };
    this.answer = null;
    this.tab = "variables";
    this.docsOpen = matchMedia("(min-width: 1400px)").matches;
    this.stop = null;
  }

  /** Load an operation into the editor. */
  load({ query, variables }) {
    this.stop?.();
    this.shown = { ...this.shown, query, variables };
    this.tab = "variables";
    this.answer = null;
    this.draw();
    document.getElementById("run").focus();
  }

  /** Draw anew, because the language or who asks has changed. */
  refresh() {
    this.stop?.();
    this.draw();
  }

  draw() {
    this.query = editor("query", word("document"), this.shown.query, colour.graphql, (text) => this.note("query", text));
    this.extra = editor(
      this.tab,
      word(this.tab),
      this.shown[this.tab],
      colour.json,
      (text) => this.note(this.tab, text),
    );
    this.output = make("pre", { id: "answer", tabIndex: 0, "aria-label": word("answer"), "aria-live": "polite" });
    this.problems = make("div", { id: "problems" });
    const docs = make("section", { id: "docs", hidden: !this.docsOpen, "aria-label": word("docs") });
    this.place.replaceChildren(
      make("section", { id: "ask", "aria-label": word("document") }, this.bar(), this.query, this.tabs(), this.extra),
      make("section", { id: "told", "aria-label": word("answer") }, this.told(), this.problems, this.output),
      docs,
    );
    this.place.classList.toggle("with-docs", this.docsOpen);
    drawDocs(docs, this.shell.sdl);
    this.drawAnswer();
  }

  note(key, text) {
    this.shown[key] = text;
    keep(DRAFT, { query: this.shown.query, variables: this.shown.variables });
  }

  bar() {
    const earlier = kept(HISTORY, []);
    const history = make(
      "select",
      {
        id: "history",
        "aria-label": word("history"),
        onchange: (event) => this.load(earlier[event.target.value]),
      },
      make("option", { value: "", hidden: true, selected: true }, word("history")),
      earlier.map((one, place) => make("option", { value: place }, firstLine(one.query))),
    );
    return make(
      "div",
      { className: "bar" },
      make(
        "button",
        { id: "run", className: "run", onclick: () => this.run() },
        this.stop ? `■ ${word("stop")}` : `▶ ${word("run")}`,
        make("kbd", {}, "Ctrl+Enter"),
      ),
      make("span", { className: "hint" }, word("leaveEditor")),
      earlier.length ? history : null,
    );
  }

  tabs() {
    const tab = (name) =>
      make(
        "button",
        {
          role: "tab",
          id: `tab-${name}`,
          "aria-selected": String(this.tab === name),
          onclick: () => {
            this.tab = name;
            this.draw();
            document.getElementById(`tab-${name}`).focus();
          },
        },
        word(name),
      );
    return make("div", { className: "bar tabs", role: "tablist" }, tab("variables"), tab("headers"));
  }

  told() {
    const toggle = make(
      "button",
      {
        className: "quiet",
        id: "docs-toggle",
        "aria-expanded": String(this.docsOpen),
        "aria-controls": "docs",
        onclick: () => {
          this.docsOpen = !this.docsOpen;
          this.draw();
          if (this.docsOpen) document.getElementById("docs-search")?.focus();
        },
      },
      word("docs"),
    );
    return make("div", { className: "bar" }, make("h2", {}, word("answer")), toggle);
  }

  async run() {
    if (this.stop) return this.stop();
    const variables = this.object("variables", "variablesNotJson");
    const headers = variables && this.object("headers", "headersNotJson");
    if (!headers) return;
    const { query } = this.shown;
    keep(HISTORY, [{ query, variables: this.shown.variables }, ...kept(HISTORY, []).filter((one) => one.query !== query)].slice(0, KEPT));
    if (/^\s*subscription\b/m.test(query)) return this.listen({ query, variables });
    document.body.dataset.busy = "true";
    try {
      const answer = await ask({ query, variables }, headers);
      this.tell(answer.body);
      this.shell.report(answer);
    } catch (error) {
      this.tell({ errors: [{ message: word("noAnswer") + error.message }] });
    } finally {
      document.body.dataset.busy = "false";
    }
  }

  listen(payload) {
    const events = [];
    const over = (errors) => {
      this.stop = null;
      this.draw();
      this.tell({ events, ...(errors ? { errors } : {}) });
    };
    this.stop = this.shell.follow(payload, {
      next: (event) => {
        events.unshift(event);
        this.tell({ events });
      },
      error: (errors) => over(errors),
      complete: () => over(),
    });
    this.draw();
    this.tell({ events });
  }

  object(key, complaint) {
    try {
      const value = JSON.parse(this.shown[key] || "{}");
      if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error(typeof value);
      return value;
    } catch (error) {
      this.tell({ errors: [{ message: word(complaint) + error.message }] });
      return null;
    }
  }

  tell(body) {
    this.answer = body;
    this.drawAnswer();
  }

  drawAnswer() {
    if (this.answer === null) {
      this.output.replaceChildren(make("span", { className: "hint" }, word("empty")));
      this.problems.replaceChildren();
      return;
    }
    this.output.replaceChildren(...colour.json(JSON.stringify(this.answer, null, 2)));
    const problems = [...(this.answer.errors ?? []), ...refusals(this.answer.data)];
    this.problems.replaceChildren(...problems.map(drawProblem));
  }
}

function drawProblem(problem) {
  const code = problem.extensions?.code ?? problem.code;
  const path = problem.path?.length ? problem.path.join(".") : null;
  return make(
    "p",
    { className: "problem" },
    code && make("code", {}, code),
    make("span", {}, problem.message),
    path && make("small", {}, path),
  );
}

const firstLine = (query) =>
  query.split("\n").map((line) => line.trim()).find((line) => line && !line.startsWith("#"))?.slice(0, 60) ?? "…";

/** Return a text field that colours what it holds and in which Tab indents. */
function editor(id, label, text, paint, changed) {
  const back = make("pre", { "aria-hidden": "true" });
  const field = make("textarea", { id, "aria-label": label, spellcheck: false, autocomplete: "off", wrap: "off" });
  field.setAttribute("autocapitalize", "off");
  const draw = () => back.replaceChildren(...paint(field.value), "\n");
  let leaving = false;
  field.value = text;
  field.oninput = () => {
    draw();
    changed(field.value);
  };
  field.onscroll = () => {
    back.scrollTop = field.scrollTop;
    back.scrollLeft = field.scrollLeft;
  };
  field.onkeydown = (event) => {
    if (event.key === "Tab" && !event.shiftKey && !leaving) {
      event.preventDefault();
      field.setRangeText("  ", field.selectionStart, field.selectionEnd, "end");
      field.oninput();
    }
    leaving = event.key === "Escape";
  };
  draw();
  return make("div", { className: `editor ${id}` }, back, field);
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    document.getElementById("run")?.click();
  }
});
