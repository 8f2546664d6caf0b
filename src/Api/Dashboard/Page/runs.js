// The list of runs.

import { html, nothing } from "./lit-html.js";
import { every, get } from "./api.js";
import { keep, seed, update } from "./app.js";
import { ago, exactly, percent, plural, rate, span, words } from "./text.js";

const states = ["submitted", "running", "completed", "failed", "cancelled"];

/** A run's state as a badge, with pending orders. */
export function stateBadge(run) {
  const asked = run.ended_at ? "" : run.cancel_requested ? "cancelling" : run.paused ? "paused" : "";
  return html`<span class="badge ${asked || run.state}">${asked || run.state}</span>`;
}

/** The state of its deadline, if it is of interest. */
const deadlineBadge = ({ deadline }) =>
  deadline && deadline.state !== "on_time"
    ? html` <span class="badge ${deadline.state}" title=${exactly(deadline.due)}>deadline ${words(deadline.state)}</span>`
    : nothing;

/** The share of a run that is done, from 0 to 1. */
export function done({ state, pace, progress }) {
  if (state === "completed") return 1;
  return pace?.done ?? (progress.batches > 0 ? progress.completed / progress.batches : 0);
}

/** A bar with the number beside it. */
export const progressBar = (part, label) => html`<span class="progress">
  <progress max="1" .value=${part} aria-label=${label}></progress> <span class="number">${percent(part)}</span></span>`;

/** Rate and time left of an active run. */
export const paceTexts = ({ pace, ended_at: endedAt }) =>
  endedAt || !pace
    ? ["", ""]
    : [
        pace.steps_per_second > 0 ? `${rate(pace.steps_per_second)} steps/s` : "",
        pace.seconds_left === null ? "" : span(pace.seconds_left),
      ];

/** Batches of a run in a few words. */
export function batchesText({ progress: { batches, granted, completed, failed, dropped } }) {
  if (batches === 0) return "not opened";
  return [
    `${completed} of ${batches}`,
    granted ? `${granted} under way` : "",
    failed ? `${failed} failed` : "",
    dropped ? `${dropped} dropped` : "",
  ]
    .filter(t => t)
    .join(", ");
}

export function runsView() {
  const state = { runs: null, next: null, pages: 1, text: "", only: "" };

  async function look(signal) {
    const runs = [];
    let path = "/api/runs?limit=100";
    for (let page = 0; page < state.pages && path; page++) {
      const answer = await get(path, signal);
      runs.push(...answer.runs);
      path = answer.next;
    }
    [state.runs, state.next] = [runs, path];
    update();
  }

  const filter = change => {
    Object.assign(state, change);
    keep({ text: state.text, state: state.only });
    update();
  };

  const isShown = run =>
    (!state.only || run.state === state.only || (state.only === "paused" && run.paused && !run.ended_at)) &&
    `${run.id} ${run.checkpoint_path}`.toLowerCase().includes(state.text.toLowerCase());

  const row = run => html`<tr>
    <th scope="row" data-label="Run"><a href="#/runs/${encodeURIComponent(run.id)}">${run.id}</a></th>
    <td data-label="State">${stateBadge(run)}${deadlineBadge(run)}</td>
    <td data-label="Done">${progressBar(done(run), `${run.id} done`)}</td>
    <td data-label="Rate" class="number">${paceTexts(run)[0]}</td>
    <td data-label="Time left" class="number">${paceTexts(run)[1]}</td>
    <td data-label="Batches">${batchesText(run)}</td>
    <td data-label="Priority" class="number">${run.priority}</td>
    <td data-label="Submitted" title=${exactly(run.submitted_at)}>${ago(run.submitted_at)}</td>
  </tr>${run.error ? html`<tr class="more"><td colspan="8" class="cause">${run.error}</td></tr>` : nothing}`;

  const table = runs => html`<div class="scroll" tabindex="0" role="region" aria-label="table of runs"><table class="cards">
    <thead><tr><th scope="col">Run</th><th scope="col">State</th><th scope="col">Done</th><th scope="col" class="number">Rate</th>
      <th scope="col" class="number">Time left</th><th scope="col">Batches</th><th scope="col" class="number">Priority</th>
      <th scope="col">Submitted</th></tr></thead>
    <tbody>${runs.map(row)}</tbody></table></div>`;

  function list() {
    if (!state.runs) return html`<p class="quiet">Loading …</p>`;
    if (state.runs.length === 0)
      return html`<p>There is no run yet. ${
        seed()?.run === null ? html`<a href="#/submit">Submit one</a>, or use <code>cairn submit SPEC</code>.` : nothing
      }</p>`;
    const shown = state.runs.filter(isShown);
    return html`${shown.length > 0 ? table(shown) : html`<p>None of the ${plural(state.runs.length, "run")} here is like that.</p>`}
      ${
        state.next
          ? html`<button type="button" @click=${() => {
              state.pages++;
              look().catch(() => {});
            }}>Older runs</button>`
          : nothing
      }`;
  }

  return {
    title: "Runs",
    start: signal => every(2000, () => look(signal), signal),
    go: ({ query }) => Object.assign(state, { text: query.get("text") ?? "", only: query.get("state") ?? "" }),
    draw: () => html`
      <div class="head"><h1 tabindex="-1">Runs</h1>
        <div class="choices">
          <label>Filter <input type="search" data-filter placeholder="name or path ( / )" .value=${state.text}
            @input=${event => filter({ text: event.target.value })}></label>
          <label>State <select @change=${event => filter({ only: event.target.value })}>
            ${["", ...states, "paused"].map(s => html`<option value=${s} ?selected=${s === state.only}>${s || "all"}</option>`)}
          </select></label>
        </div></div>
      ${list()}`,
  };
}
