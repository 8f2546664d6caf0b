// One run: what it does, what happened to it, what it can be told.

import { html, nothing } from "./lit-html.js";
import { every, follow, get, post, Refused, runPath } from "./api.js";
import { address, seed, update } from "./app.js";
import { ask, copy } from "./ask.js";
import { attemptTable, attemptText, bars, extent, grouped, interrupted } from "./bars.js";
import { eventsPane, logsPane } from "./events.js";
import { batchGrid } from "./grid.js";
import { forecastPane } from "./maps.js";
import { RunEvents } from "./restarts.js";
import { batchesText, done, paceTexts, progressBar, stateBadge } from "./runs.js";
import { ago, exactly, lead, moment, partKey, partName, plural, seconds, words } from "./text.js";

const tabs = [["", "Batches"], ["timeline", "Timeline"], ["events", "Events"], ["logs", "Logs"], ["forecast", "Forecast"], ["spec", "Spec"]];

// Events after which attempts are asked for anew.
const ofAttempts = ["granted", "started again", "completed", "failed", "handed back", "restarted", "lost", "quarantined", "run retried", "run opened"];

const orders = {
  pause: run => ({
    title: `Pause ${run.id}?`, action: "Pause it",
    text: "Each batch waits at its next boundary, and keeps its slots; nothing more of the run is granted. Resume lets it go on.",
  }),
  resume: run => ({ title: `Resume ${run.id}?`, action: "Resume it", text: "Its batches go on from where they wait." }),
  commit: run => ({
    title: `Have ${run.id} commit?`, action: "Checkpoint now",
    text: "Each batch that is under way commits a session at its next boundary, besides those that are due anyway.",
  }),
  cancel: run => ({
    title: `Cancel ${run.id}?`, action: "Cancel the run", isGrave: true,
    text: "What waits is withdrawn; what is under way halts at its next boundary, durably. Retry lets it go on from there, later.",
  }),
  retry: run => ({
    title: `Retry ${run.id}?`, action: "Retry it",
    text: "Batches that failed or were cancelled go on from their newest sessions; those that are complete stay as they are.",
  }),
};

const buttonTexts = { pause: "Pause", resume: "Resume", commit: "Checkpoint now", cancel: "Cancel", retry: "Retry" };

function ordersOf(run) {
  if (run.ended_at) return run.state !== "completed" && seed()?.run === null ? ["retry"] : [];
  return run.cancel_requested ? [] : [run.paused ? "resume" : "pause", ...(run.progress.granted > 0 ? ["commit"] : []), "cancel"];
}

export function runView(id) {
  const state = { run: null, attempts: [], batches: [], problem: "", tab: "", chosen: null, attempt: null, by: "node", isStale: true, signal: null };
  const events = new RunEvents(), grid = batchGrid(), panes = { events: eventsPane(events), logs: logsPane(events), forecast: forecastPane(id) };
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
    following = follow(id, news => {
      events.take(news);
      if (news.some(event => ofAttempts.includes(event.kind))) state.isStale = true;
      update();
    }, signal).finally(() => { [following, state.isStale] = [null, true]; });
  }

  const tell = name => ask({
    ...orders[name](state.run),
    run: async () => {
      await post(runPath(id, `/${name}`));
      look(state.signal).catch(() => {});
      return `${id} is told to ${name === "commit" ? "commit at the next boundary" : name}.`;
    },
  });

  const choose = key => {
    state.chosen = state.chosen === key ? null : key;
    update();
  };

  // ------------------------------------------------------------------------------------------------------------- drawing

  const fact = (word, text, title) => text === "" || text === null ? nothing : html`<div><dt>${word}</dt><dd title=${title ?? nothing}>${text}</dd></div>`;

  function head(run) {
    const [pace, left] = paceTexts(run), opening = run.batches.find(batch => batch.part === "opening" && batch.waits);
    return html`
      <div class="head"><h1 tabindex="-1">${run.id}</h1>${stateBadge(run)}
        <div class="buttons">${ordersOf(run).map(name => html`<button type="button" class=${name === "cancel" ? "grave" : ""}
          @click=${() => tell(name)}>${buttonTexts[name]}</button>`)}</div></div>
      <p class="wide">${progressBar(done(run), `${id} done`)}</p>
      <dl class="facts">
        ${fact("Rate", pace)}${fact("Time left", left)}${fact("Batches", batchesText(run))}${fact("Members", String(run.members))}
        ${fact("To lead time", lead(seconds(run.last_lead_time)))}${fact("Priority", String(run.priority))}
        ${fact("Submitted", ago(run.submitted_at), exactly(run.submitted_at))}
        ${fact("Ended", run.ended_at ? ago(run.ended_at) : "", exactly(run.ended_at))}
        ${fact("Needs", [run.requires.gpu ? "a GPU" : "", run.requires.label ? `label ${run.requires.label}` : "",
          run.slots > 1 ? `${run.slots} slots a batch` : ""].filter(t => t).join(", "))}
        ${fact("Begun from", run.begun_from ?? "")}${fact("Checkpoints", run.checkpoint_path)}
      </dl>
      ${opening ? html`<p class="panel">It waits to be opened: ${opening.waits}</p>` : nothing}
      ${run.errors.slice(0, 5).map(error => html`<p class="problem">${error.part ? `${partName(error)}: ` : ""}${error.error}</p>`)}
      ${run.errors.length > 5 ? html`<p class="quiet">and ${plural(run.errors.length - 5, "more error")}: see the batches</p>` : nothing}`;
  }

  function batchPanel(run) {
    const batch = state.batches.find(b => partKey(b) === state.chosen);
    if (!batch) return nothing;
    const last = seconds(run.last_lead_time), known = events.of(state.chosen), now = Date.now();
    const attempts = state.attempts.filter(a => partKey(a) === state.chosen).reverse();
    return html`<section class="panel" aria-labelledby="batchTitle">
      <div class="head"><h2 id="batchTitle">${partName(batch)}</h2><span class="badge ${batch.state}">${batch.state}</span>
        <button type="button" @click=${() => choose(state.chosen)}>Close</button></div>
      <dl class="facts">${fact("Node", batch.node ?? "")}${fact("Epoch", String(batch.epoch))}
        ${fact("Stepped to", lead(seconds(batch.lead_time), last))}${fact("Committed to", lead(seconds(batch.committed_lead_time), last))}
        ${fact("Newest session", batch.newest_session ?? "")}${fact("Nodes lost with", batch.losses > 0 ? String(batch.losses) : "")}
        ${fact("Waits", batch.waits ?? "")}</dl>
      ${batch.error ? html`<p class="problem">${batch.error}</p>` : nothing}
      ${known.marks.length > 0 ? html`<h3>Interruptions</h3><ul>${known.marks.slice(-20).reverse().map(mark =>
        html`<li title=${exactly(mark.at)}>${moment(mark.at)}, at lead time ${lead(mark.lead, last)}: <strong>${mark.kind}</strong> <span class="cause">${mark.cause}</span></li>`)}</ul>` : nothing}
      ${attempts.length > 0 ? html`<h3>Attempts</h3>${attemptTable(attempts, now, `attempts at ${partName(batch)}`)}` : nothing}
      ${known.sessions.length > 0 ? html`<details><summary>${plural(known.sessions.length, "session")}</summary>
        <ul>${known.sessions.slice(-200).reverse().map(s => html`<li>${lead(s.lead, last)}: <code>${s.name}</code>, epoch ${s.epoch},
          ${moment(s.at)}</li>`)}</ul></details>` : nothing}
    </section>`;
  }

  // All batches of members wait for the same, as a rule: it is said once.
  function waiting() {
    const reasons = new Map();
    state.batches.filter(b => b.waits).forEach(b => reasons.set(b.waits, (reasons.get(b.waits) ?? 0) + 1));
    return [...reasons].slice(0, 3).map(([why, count]) => html`<p class="quiet">${plural(count, "batch waits", "batches wait")}: ${why}</p>`);
  }

  const batchesPane = run => state.batches.length === 0 ? html`<p>No batch is known yet: the run is not opened.</p>`
    : html`${waiting()}${grid({ batches: state.batches, events, last: seconds(run.last_lead_time), chosen: state.chosen, choose })}${batchPanel(run)}`;

  function timelinePane(run) {
    const now = run.ended_at ? Date.parse(run.ended_at) : Date.now(), attempts = state.attempts;
    if (attempts.length === 0) return html`<p>Nothing of it was granted yet.</p>`;
    const [from, to] = extent(attempts, now), byNode = state.by === "node";
    const rows = byNode ? grouped(attempts, a => a.node, (a, b) => a.name.localeCompare(b.name)) : grouped(attempts, partName);
    const bad = attempts.filter(a => interrupted.includes(a.outcome)).sort((a, b) => Date.parse(b.ended_at) - Date.parse(a.ended_at));
    return html`<div class="choices"><label>Rows <select @change=${event => { state.by = event.target.value; update(); }}>
        <option value="node" ?selected=${byNode}>nodes</option><option value="batch" ?selected=${!byNode}>batches</option></select></label></div>
      ${bars({ rows, from, to, now, chosen: state.attempt, choose: attempt => { state.attempt = attempt; update(); } })}
      ${state.attempt ? html`<p class="panel" role="status">${attemptText(state.attempt, now)}</p>` : nothing}
      <h2>What interrupted it</h2>
      ${bad.length > 0 ? attemptTable(bad.slice(0, 200), now, "interruptions") : html`<p>Nothing.</p>`}`;
  }

  function specPane(run) {
    const spec = JSON.stringify(run.spec, null, 2), provenance = () => JSON.stringify({
      run: run.id, name: run.name, state: run.state, submitted_at: run.submitted_at, ended_at: run.ended_at, begun_from: run.begun_from,
      checkpoint_path: run.checkpoint_path, server: `cairn ${seed()?.version}`, error: run.error, spec: run.spec,
      batches: run.batches.map(({ part, first, last, state: where, epoch, newest_session: session, committed_lead_time: to }) =>
        ({ part, first, last, state: where, epoch, newest_session: session, committed_lead_time: to })),
      attempts: state.attempts,
    }, null, 2);
    return html`<p>Every setting with its value, as the run was taken. <code>run.json</code> in <code>${run.checkpoint_path}</code> has the
        same, with the digests of model and inputs.</p>
      <div class="buttons"><button type="button" @click=${() => copy(spec, "The spec is")}>Copy the spec</button>
        <button type="button" @click=${() => copy(provenance(), "The provenance is")}>Copy spec and provenance</button>
        <button type="button" @click=${() => copy(run.checkpoint_path, "The path is")}>Copy the path</button></div>
      <pre tabindex="0" aria-label="spec">${spec}</pre>`;
  }

  const pane = run => ({
    "": () => batchesPane(run), timeline: () => timelinePane(run), spec: () => specPane(run),
  }[state.tab] ?? (() => panes[state.tab].draw(run)))();

  return {
    title: id,
    start(signal) {
      state.signal = signal;
      every(() => state.batches.length > 300 ? 4000 : 1500, () => look(signal), signal);
    },
    go({ parts: [, , tab = ""] }) {
      const known = tabs.some(([path]) => path === tab) ? tab : "";
      panes[state.tab]?.leave?.();
      state.tab = known;
    },
    draw() {
      const { run } = state;
      if (!run) return state.problem ? html`<h1 tabindex="-1">${id}</h1><p class="problem" role="alert">${state.problem}</p>` : html`<p class="quiet">Loading …</p>`;
      return html`${head(run)}
        <nav class="tabs" aria-label="views of ${id}">${tabs.map(([path, text]) => html`
          <a href="#/runs/${encodeURIComponent(id)}${path ? `/${path}` : ""}" aria-current=${path === state.tab ? "page" : nothing}>${text}</a>`)}</nav>
        ${pane(run)}`;
    },
    drawn: () => panes[state.tab]?.drawn?.(),
    address,
    words,
  };
}
