// Attempts of all runs by node, over the last hours.

import { html, nothing } from "./lit-html.js";
import { Away, every, get, runPath } from "./api.js";
import { keep, update } from "./app.js";
import { attemptTable, attemptText, bars, grouped, interrupted } from "./bars.js";
import { moment, plural } from "./text.js";

const spans = [
  ["1", "the last hour"],
  ["6", "6 hours"],
  ["24", "24 hours"],
  ["168", "7 days"],
];
const mostRuns = 60;

export function historyView() {
  const state = { hours: "6", runs: new Map(), begun: [], chosen: null, isLoaded: false, leftOut: 0 };

  async function look(signal) {
    const since = Date.now() - state.hours * 3600000,
      list = (await get("/api/runs?limit=500", signal)).runs;
    const overlapping = list.filter(run => !run.ended_at || Date.parse(run.ended_at) > since),
      wanted = overlapping.slice(0, mostRuns);
    for (const run of wanted) {
      // Attempts of an ended run do not change any more.
      const known = state.runs.get(run.id);
      if (known?.ended_at && known.ended_at === run.ended_at) continue;
      try {
        const { attempts, ended_at: endedAt } = await get(runPath(run.id), signal);
        state.runs.set(run.id, { ended_at: endedAt, attempts: attempts.map(attempt => ({ ...attempt, run: run.id })) });
      } catch (error) {
        if (error instanceof Away) throw error;
      }
      update();
    }
    state.begun = ((await get("/api/nodes", signal)).registry_began ?? []).map(at => Date.parse(at));
    [state.isLoaded, state.leftOut] = [true, overlapping.length - wanted.length];
    update();
  }

  function draw() {
    const now = Date.now(),
      from = now - state.hours * 3600000;
    const attempts = [...state.runs.values()].flatMap(run => run.attempts).filter(a => !a.ended_at || Date.parse(a.ended_at) > from);
    const bad = attempts.filter(a => interrupted.includes(a.outcome)).sort((a, b) => Date.parse(b.ended_at) - Date.parse(a.ended_at));
    const begun = state.begun.filter(at => at > from).sort((a, b) => b - a),
      first = Math.min(now - 60000, ...attempts.map(a => Date.parse(a.began_at)));
    return html`
      <div class="head"><h1 tabindex="-1">Timeline</h1><div class="choices"><label>Show
        <select @change=${event => choose(event.target.value)}>
        ${spans.map(([hours, text]) => html`<option value=${hours} ?selected=${hours === state.hours}>${text}</option>`)}
        </select></label></div></div>
      ${
        !state.isLoaded && attempts.length === 0
          ? html`<p class="quiet">Loading …</p>`
          : attempts.length === 0
            ? html`<p>Nothing ran in this time.</p>`
            : html`
        ${bars({
          rows: grouped(
            attempts,
            a => a.node,
            (a, b) => a.name.localeCompare(b.name),
          ),
          from: Math.max(from, first),
          to: now,
          now,
          begun,
          chosen: state.chosen,
          choose: attempt => {
            state.chosen = attempt;
            update();
          },
        })}
        ${state.leftOut > 0 ? html`<p class="quiet">${plural(state.leftOut, "older run")} of this time left out.</p>` : nothing}
        ${
          state.chosen
            ? html`<p class="panel" role="status">${attemptText(state.chosen, now)}
          <a href="#/runs/${encodeURIComponent(state.chosen.run)}">the run</a></p>`
            : nothing
        }
        <section aria-labelledby="badTitle"><h2 id="badTitle">What interrupted them</h2>
          ${bad.length > 0 ? attemptTable(bad.slice(0, 200), now, "interruptions") : html`<p>Nothing.</p>`}
          ${bad.length > 200 ? html`<p class="quiet">The newest 200 of ${bad.length}.</p>` : nothing}</section>
        ${
          begun.length > 0
            ? html`<section aria-labelledby="begunTitle"><h2 id="begunTitle">When the registry of runs began</h2>
          <p class="quiet">A seed was started, or another one took the registry over.</p>
          <ul>${begun.map(at => html`<li>${moment(at)}</li>`)}</ul></section>`
            : nothing
        }`
      }`;
  }

  function choose(hours) {
    state.hours = hours;
    keep({ hours });
    update();
    look().catch(() => {});
  }

  return {
    title: "Timeline",
    start: signal => every(5000, () => look(signal), signal),
    go: ({ query }) => {
      state.hours = spans.some(([hours]) => hours === query.get("hours")) ? query.get("hours") : state.hours;
    },
    draw,
  };
}
