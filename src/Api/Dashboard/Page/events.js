// A run's events as they arrive, and what its ranks and supervisors logged.

import { html, nothing } from "./lit-html.js";
import { update } from "./app.js";
import { copy } from "./ask.js";
import { exactly, lead, moment, partName, plural, seconds } from "./text.js";

const pageOf = 200;

const hidden = new Set(["epoch", "number"]),
  bare = new Set(["cause", "error", "text", "reason"]);

/** The details of an event in one line. */
export const detailText = detail =>
  Object.entries(detail)
    .filter(([key, value]) => value !== null && !hidden.has(key))
    .map(([key, value]) => (bare.has(key) ? value : `${key.replaceAll("_", " ")} ${valueText(value)}`))
    .join(", ");

const valueText = value =>
  typeof value === "object"
    ? JSON.stringify(value)
    : typeof value === "string" && /^-?P[\dT]/.test(value) && seconds(value) !== null
      ? lead(seconds(value))
      : value;

const tone = kind =>
  /failed|lost|quarantined|missed/.test(kind)
    ? "lost"
    : /warning|aborted|restart|again|dropped|redrawn|at risk|alert failed/.test(kind)
      ? "restarted"
      : /completed|deadline met/.test(kind)
        ? "completed"
        : "";

const line = event => html`<li><span class="time" title=${exactly(event.at)}>${moment(event.at)}</span>
  <span class="badge ${tone(event.kind)}">${event.kind}</span>
  <span><span class="who">${event.part ? partName(event) : ""}${event.node ? ` on ${event.node}` : ""}</span>
  <span class="cause">${detailText(event.detail)}</span></span></li>`;

function pane(events, { isShown, before, empty }) {
  const state = { text: "", most: pageOf };
  return {
    draw(run) {
      const all = events.newest.filter(isShown),
        text = state.text.toLowerCase();
      const found = text
        ? all.filter(e => `${e.kind} ${partName(e)} ${e.node ?? ""} ${detailText(e.detail)}`.toLowerCase().includes(text))
        : all;
      const shown = found.slice(-state.most).reverse();
      return html`${before(run)}
        <div class="choices"><label>Filter <input type="search" data-filter .value=${state.text} placeholder="kind, batch, cause ( / )"
            @input=${event => {
              state.text = event.target.value;
              update();
            }}></label>
          <button type="button" ?disabled=${found.length === 0} @click=${() =>
            copy(
              found.map(e => `${exactly(e.at)}\t${partName(e)}\t${e.node ?? ""}\t${e.kind}\t${detailText(e.detail)}`).join("\n"),
              `${plural(found.length, "line")}`,
            )}>Copy</button></div>
        ${
          events.count > events.newest.length
            ? html`<p class="quiet">The newest ${events.newest.length} of ${events.count} events;
          <code>cairn events ${run.id}</code> has all.</p>`
            : nothing
        }
        ${shown.length > 0 ? html`<ol class="events" aria-label="events, newest first">${shown.map(line)}</ol>` : html`<p>${empty}</p>`}
        ${
          found.length > shown.length
            ? html`<button type="button" @click=${() => {
                state.most += pageOf;
                update();
              }}>More</button>`
            : nothing
        }`;
    },
  };
}

/** All events, newest first. */
export const eventsPane = events => pane(events, { isShown: () => true, before: () => nothing, empty: "None yet." });

/** Output of ranks and causes of failures, from the journal. */
export const logsPane = events =>
  pane(events, {
    isShown: event => event.is_log,
    empty: "No rank has printed or failed.",
    before: run => html`<p>What processes of ranks printed, the first 100 lines of each, and the last lines of those that failed.
    Workers keep no other log of them: each worker writes its own to its standard error, where it was started
    (<code>journalctl -u cairn-worker</code> where systemd did). Nodes of this run:
    ${[...new Set(run.batches.map(batch => batch.node).filter(node => node))].join(", ") || "none yet"}.</p>`,
  });
