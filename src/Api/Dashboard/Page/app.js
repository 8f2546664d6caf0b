// The page: its header, the view that the address selects, and what all views use.

import { html, nothing, render } from "./lit-html.js";
import { connection, get, onConnection, token } from "./api.js";
import { dialog, notice, open as openQuestion } from "./ask.js";
import { moment } from "./text.js";
import { nodesView } from "./nodes.js";
import { runView } from "./run.js";
import { runsView } from "./runs.js";
import { submitView } from "./submit.js";
import { historyView } from "./history.js";

const app = { seed: null, view: null, address: "", ending: null, isDrawing: false };

const places = [
  { path: "runs", text: "Runs" },
  { path: "nodes", text: "Nodes" },
  { path: "timeline", text: "Timeline" },
  { path: "submit", text: "Submit", needsSeed: true },
];

/** Redraws the page, once for several changes. */
export function update() {
  if (app.isDrawing) return;
  app.isDrawing = true;
  requestAnimationFrame(() => {
    app.isDrawing = false;
    render(page(), document.getElementById("app"));
    app.view?.drawn?.();
    openQuestion();
  });
}

/** Parts of the address: #/runs/ID/events?text=… */
export function address() {
  const [path, query] = location.hash.slice(1).split("?");
  return {
    parts: path
      .split("/")
      .filter(part => part)
      .map(decodeURIComponent),
    query: new URLSearchParams(query),
  };
}

/** Changes the query part of the address, without a step in the history. */
export function keep(query) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  history.replaceState(null, "", `${location.hash.split("?")[0] || "#/runs"}${text ? `?${text}` : ""}`);
}

export const seed = () => app.seed;

function choose() {
  const {
    parts: [place = "runs", id],
  } = address();
  if (place === "runs" && id) return ["run " + id, () => runView(id)];
  return (
    { nodes: ["nodes", nodesView], timeline: ["timeline", historyView], submit: ["submit", submitView] }[place] ?? ["runs", runsView]
  );
}

function open() {
  const [name, make] = choose();
  if (connection.needsToken) {
    close();
  } else if (name !== app.address || !app.view) {
    close();
    app.address = name;
    app.ending = new AbortController();
    app.view = make();
    app.view.start?.(app.ending.signal);
    document.title = `${app.view.title} \u2013 Cairn`;
    window.scrollTo(0, 0);
  }
  app.view?.go?.(address());
  update();
}

function close() {
  app.ending?.abort();
  [app.view, app.address] = [null, ""];
}

async function logIn() {
  try {
    app.seed = await get("/api/seed");
    if (app.seed.run && !location.hash) location.replace(`#/runs/${encodeURIComponent(app.seed.run)}`);
    open();
  } catch {
    // The connection shows why; requests are repeated.
    if (!connection.needsToken) setTimeout(logIn, 2000);
    update();
  }
}

// ----------------------------------------------------------------------------------------------------------------- drawing

const page = () => html`
  <a class="skip" href="#content" @click=${skip}>to the content</a>
  <header class="top">
    <a class="brand" href="#/runs"><img src="/dashboard/cairn.svg" alt="" width="28" height="28"> Cairn</a>
    ${
      connection.needsToken
        ? nothing
        : html`
      <nav aria-label="places">${places
        .filter(p => !p.needsSeed || app.seed?.run === null)
        .map(
          ({ path, text }) => html`
        <a href="#/${path}" aria-current=${(address().parts[0] ?? "runs") === path ? "page" : nothing}>${text}</a>`,
        )}
      </nav>
      ${token.get() ? html`<button class="quiet" type="button" @click=${() => token.forget()}>Log out</button>` : nothing}`
    }
    <select aria-label="theme" @change=${event => theme.choose(event.target.value)}>
      ${theme.choices.map(name => html`<option value=${name} ?selected=${name === theme.chosen}>theme: ${name}</option>`)}
    </select>
  </header>
  <div class="state" role="status">${connectionText()}</div>
  <main id="content" tabindex="-1">${connection.needsToken ? login() : (app.view?.draw() ?? html`<p class="quiet">Loading …</p>`)}</main>
  ${notice()}${dialog()}`;

const connectionText = () =>
  connection.since === null || connection.needsToken
    ? nothing
    : html`<p class="problem">
  The ${app.seed?.run ? "process of this run" : "seed"} has not answered since ${moment(connection.since)}. ${connection.reason}
  ${app.seed?.run ? "It may have ended." : "Workers go on without it."} This page shows what was known then, and asks again.</p>`;

const login = () => html`
  <form class="login panel" @submit=${event => {
    event.preventDefault();
    token.set(new FormData(event.target).get("token").trim());
    logIn();
  }}>
    <h1>Log in</h1>
    <p id="tokenHelp">This server asks for its bearer token: the line in the seed's <code>seed.token-file</code> or its
      <code>$CAIRN_TOKEN</code>, or what <code>cairn run --dashboard</code> printed. It stays in this tab, and is forgotten with it.</p>
    ${connection.wasRefused ? html`<p class="problem" role="alert">That is not this server's token.</p>` : nothing}
    <label for="token">Token</label>
    <input id="token" name="token" type="password" autocomplete="off" required aria-describedby="tokenHelp">
    <button class="main" type="submit">Log in</button>
  </form>`;

function skip(event) {
  event.preventDefault();
  document.getElementById("content").focus();
}

// ------------------------------------------------------------------------------------------------------------------- start

window.addEventListener("hashchange", () => {
  open();
  requestAnimationFrame(() => document.querySelector("main h1")?.focus({ preventScroll: true }));
});

// A slash moves the focus to the filter, if there is one.
document.addEventListener("keydown", event => {
  const field = document.querySelector("[data-filter]");
  if (event.key === "/" && field && !event.ctrlKey && !event.metaKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
    event.preventDefault();
    field.focus();
  }
});

theme.listen(update);

let wasAsked = false;
onConnection(() => {
  if (connection.needsToken !== wasAsked) {
    wasAsked = connection.needsToken;
    open();
    if (wasAsked) requestAnimationFrame(() => document.getElementById("token")?.focus());
  }
  update();
});

logIn();
