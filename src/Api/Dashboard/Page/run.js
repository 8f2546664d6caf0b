// One run: its progress, its events, and orders to it.

import { html, nothing } from "./lit-html.js";
import { every, follow, get, Refused, runPath } from "./api.js";
import { update } from "./app.js";
import { batchPanel, fact } from "./batch.js";
import { eventsPane, logsPane } from "./events.js";
import { batchGrid } from "./grid.js";
import { forecastPane } from "./maps.js";
import { buttonTexts, ordersOf, tell } from "./orders.js";
import { RunEvents } from "./restarts.js";
import { batchesText, done, paceTexts, progressBar, stateBadge } from "./runs.js";
import { specPane } from "./spec.js";
import { ago, exactly, lead, moment, partKey, partName, plural, seconds, words } from "./text.js";
import { timelinePane } from "./timeline.js";

const tabs = [
  ["", "Batches"],
  ["timeline", "Timeline"],
  ["events", "Events"],
  ["logs", "Logs"],
  ["forecast", "Forecast"],
  ["spec", "Spec"],
];

// Events after which attempts are requested again.
const ofAttempts = [
  "granted",
  "started again",
  "completed",
  "failed",
  "handed back",
  "restarted",
  "lost",
  "quarantined",
  "dropped",
  "taken up again",
  "run retried",
  "run opened",
];

function deadlineText({ deadline, batches }) {
  if (!deadline) return "";
  const { state, complete, members, due, expected } = deadline,
    isOpen = state === "on_time" || state === "at_risk",
    dropped = batches.filter(batch => batch.state === "dropped").reduce((sum, batch) => sum + batch.last - batch.first + 1, 0);
  return [
    `${moment(due)}: ${words(state)}`,
    `${plural(complete, "member")} complete, ${members} needed`,
    !isOpen ? "" : expected ? `all of them expected at ${moment(expected)}` : "it is not known when all of them will be",
    dropped > 0 ? `${plural(dropped, "member")} dropped` : "",
  ]
    .filter(text => text)
    .join(", ");
}

function closingText(run) {
  const closing = run.batches.find(batch => batch.part === "closing");
  if (run.ended_at || !closing) return "";
  return { granted: `is under way on ${closing.node}`, waiting: `waits: ${closing.waits}`, completed: "is done" }[closing.state] ?? "";
}

function head(run, again) {
  const [pace, left] = paceTexts(run),
    opening = run.batches.find(batch => batch.part === "opening" && batch.waits),
    closing = closingText(run);
  return html`
    <div class="head"><h1 tabindex="-1">${run.id}</h1>${stateBadge(run)}
      <div class="buttons">${ordersOf(run).map(
        name => html`<button type="button" class=${name === "cancel" ? "grave" : ""}
        @click=${() => tell(name, run, again)}>${buttonTexts[name]}</button>`,
      )}</div></div>
    <p class="wide">${progressBar(done(run), `${run.id} done`)}</p>
    <dl class="facts">
      ${fact("Rate", pace)}${fact("Time left", left)}${fact("Batches", batchesText(run))}${fact("Members", String(run.members))}
      ${fact("To lead time", lead(seconds(run.last_lead_time)))}${fact("Priority", String(run.priority))}
      ${fact("Deadline", deadlineText(run), exactly(run.deadline?.due))}
      ${fact("Submitted", ago(run.submitted_at), exactly(run.submitted_at))}
      ${fact("Ended", run.ended_at ? ago(run.ended_at) : "", exactly(run.ended_at))}
      ${fact(
        "Needs",
        [
          run.requires.gpu ? "a GPU" : "",
          run.requires.label ? `label ${run.requires.label}` : "",
          run.slots > 1 ? `${run.slots} slots a batch` : "",
        ]
          .filter(t => t)
          .join(", "),
      )}
      ${fact("Begun from", run.begun_from ?? "")}${fact("Checkpoints", run.checkpoint_path)}
    </dl>
    ${opening ? html`<p class="panel">It waits to be opened: ${opening.waits}</p>` : nothing}
    ${closing ? html`<p class="panel">All batches have ended. Its closing (pictures, derived files) ${closing}.</p>` : nothing}
    ${run.errors.slice(0, 5).map(error => html`<p class="problem">${error.part ? `${partName(error)}: ` : ""}${error.error}</p>`)}
    ${run.errors.length > 5 ? html`<p class="quiet">and ${plural(run.errors.length - 5, "more error")}: see the batches</p>` : nothing}`;
}

// As a rule all batches of members wait for the same reason: it is shown once.
function waiting(batches) {
  const reasons = new Map();
  batches.filter(b => b.waits).forEach(b => reasons.set(b.waits, (reasons.get(b.waits) ?? 0) + 1));
  return [...reasons]
    .slice(0, 3)
    .map(([why, count]) => html`<p class="quiet">${plural(count, "batch waits", "batches wait")}: ${why}</p>`);
}

export function runView(id) {
  const state = { run: null, attempts: [], batches: [], problem: "", tab: "", chosen: null, isStale: true, signal: null };
  const events = new RunEvents(),
    grid = batchGrid(),
    timeline = timelinePane();
  const panes = { events: eventsPane(events), logs: logsPane(events), forecast: forecastPane(id) };
  let following = null;

  async function look(signal) {
    const full = state.isStale;
    state.isStale = false;
    try {
      const run = await get(runPath(id, full ? "" : "?brief=true"), signal);
      [state.run, state.problem] = [run, ""];
      state.batches = run.batches.filter(batch => batch.part === "members");
      if (full) state.attempts = run.attempts;
      if (!following && (!run.ended_at || events.count === 0)) followFrom(signal);
    } catch (error) {
      state.isStale ||= full;
      if (error instanceof Refused) state.problem = error.message;
      else throw error;
    }
    update();
  }

  // A run that was retried has further events after its last.
  function followFrom(signal) {
    following = follow(
      id,
      events.last,
      news => {
        events.take(news);
        if (news.some(event => ofAttempts.includes(event.kind))) state.isStale = true;
        update();
      },
      signal,
    ).finally(() => {
      [following, state.isStale] = [null, true];
    });
  }

  const choose = key => {
    state.chosen = state.chosen === key ? null : key;
    update();
  };

  const again = () => look(state.signal).catch(() => {});

  function batchesPane(run) {
    if (state.batches.length === 0) return html`<p>No batch is known yet: the run is not opened.</p>`;
    const { batches, chosen } = state,
      batch = batches.find(b => partKey(b) === chosen);
    const attempts = state.attempts.filter(a => partKey(a) === chosen).reverse();
    return html`${waiting(batches)}
      ${grid({ batches, events, last: seconds(run.last_lead_time), chosen, choose })}
      ${batch ? batchPanel({ run, batch, known: events.of(chosen), attempts, close: () => choose(chosen) }) : nothing}`;
  }

  const pane = run =>
    (
      ({
        "": () => batchesPane(run),
        timeline: () => timeline.draw(run, state.attempts),
        spec: () => specPane(run, state.attempts),
      })[state.tab] ?? (() => panes[state.tab].draw(run))
    )();

  const tabLinks = () =>
    html`<nav class="tabs" aria-label="views of ${id}">${tabs.map(
      ([path, text]) => html`
    <a href="#/runs/${encodeURIComponent(id)}${path ? `/${path}` : ""}" aria-current=${path === state.tab ? "page" : nothing}>${text}</a>`,
    )}</nav>`;

  return {
    title: id,
    start(signal) {
      state.signal = signal;
      panes.forecast.start(signal);
      every(
        () => (state.batches.length > 300 ? 4000 : 1500),
        () => look(signal),
        signal,
      );
    },
    go({ parts: [, , tab = ""] }) {
      panes[state.tab]?.leave?.();
      state.tab = tabs.some(([path]) => path === tab) ? tab : "";
    },
    draw() {
      const { run, problem } = state;
      if (run) return html`${head(run, again)}${tabLinks()}${pane(run)}`;
      return problem
        ? html`<h1 tabindex="-1">${id}</h1><p class="problem" role="alert">${problem}</p>`
        : html`<p class="quiet">Loading …</p>`;
    },
    drawn() {
      panes[state.tab]?.drawn?.();
      // On a phone the chosen tab may be out of sight.
      const tab = document.querySelector(".tabs [aria-current]");
      if (tab && state.seen !== state.tab) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
      if (tab) state.seen = state.tab;
    },
  };
}
