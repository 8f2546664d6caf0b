// Attempts of one run, by node or by batch.

import { html, nothing } from "./lit-html.js";
import { update } from "./app.js";
import { attemptTable, attemptText, bars, extent, grouped, interrupted } from "./bars.js";
import { partName } from "./text.js";

/** Attempts of one run over time. */
export function timelinePane() {
  const state = { attempt: null, by: "node" };
  return { draw: (run, attempts) => draw(run, attempts, state) };
}

function draw(run, attempts, state) {
  const now = run.ended_at ? Date.parse(run.ended_at) : Date.now();
  if (attempts.length === 0) return html`<p>Nothing of it was granted yet.</p>`;
  const [from, to] = extent(attempts, now),
    byNode = state.by === "node";
  const rows = byNode
    ? grouped(
        attempts,
        a => a.node,
        (a, b) => a.name.localeCompare(b.name),
      )
    : grouped(attempts, partName);
  const bad = attempts.filter(a => interrupted.includes(a.outcome)).sort((a, b) => Date.parse(b.ended_at) - Date.parse(a.ended_at));
  return html`<div class="choices"><label>Rows
      <select @change=${event => {
    state.by = event.target.value;
    update();
  }}>
      <option value="node" ?selected=${byNode}>nodes</option>
        <option value="batch" ?selected=${!byNode}>batches</option></select></label></div>
    ${bars({
      rows,
      from,
      to,
      now,
      chosen: state.attempt,
      choose: attempt => {
        state.attempt = attempt;
        update();
      },
    })}
    ${state.attempt ? html`<p class="panel" role="status">${attemptText(state.attempt, now)}</p>` : nothing}
    <h2>What interrupted it</h2>
    ${bad.length > 0 ? attemptTable(bad.slice(0, 200), now, "interruptions") : html`<p>Nothing.</p>`}`;
}
