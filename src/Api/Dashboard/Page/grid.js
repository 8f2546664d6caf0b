// A run as rows of batches over lead time: committed and stepped parts, sessions, failures and restarts.
// Only the visible rows are in the page, however many there are.

import { html, nothing } from "./lit-html.js";
import { update } from "./app.js";
import { interruptions } from "./restarts.js";
import { lead, partKey, partName, seconds } from "./text.js";

const rowHeight = 30,
  more = 6,
  mostMarks = 24,
  mostTicks = 80;

const place = (value, last) => Math.min(1000, Math.max(0, last > 0 ? (1000 * value) / last : 0));

/** The lane of one batch: an SVG as wide as the row, with marks over it. */
function lane(batch, known, last) {
  // A session's event may arrive before the batch is requested again.
  const newest = known.sessions.at(-1)?.lead ?? 0,
    committed = place(Math.max(seconds(batch.committed_lead_time) ?? 0, newest), last);
  const reached = Math.max(committed, batch.state === "completed" ? 1000 : place(seconds(batch.lead_time) ?? 0, last));
  const width = batch.state === "completed" ? 1000 : committed;
  const every = Math.ceil(known.sessions.length / mostTicks),
    count = known.sessions.length;
  const ticks = known.sessions
    .filter((_, i) => (count - 1 - i) % every === 0)
    .map(session => `M${place(session.lead, last).toFixed(1)} 4V16`)
    .join("");
  return html`<div class="lane">
    <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="track" x="0" y="4" width="1000" height="12"></rect>
      <rect class="reached" x="0" y="4" width=${reached} height="12"></rect>
      <rect class="committed ${batch.state}" x="0" y="4" width=${width} height="12"></rect>
      <path class="sessions" d=${ticks} vector-effect="non-scaling-stroke"></path>
    </svg>
    ${known.marks.slice(-mostMarks).map(
      mark => html`<i class="mark ${mark.kind.replace(" ", "-")}"
      .style=${`left:${place(mark.lead, last) / 10}%`} title="${interruptions[mark.kind]} at ${lead(mark.lead, last)}: ${mark.cause}"></i>`,
    )}
  </div>`;
}

/** The text beside a lane. */
function stateText(batch) {
  if (batch.state === "waiting") return batch.waits ? `waits: ${batch.waits}` : "waits";
  if (batch.state === "granted") return batch.lead_time ? "under way" : "begins";
  return batch.state;
}

function rowOf(batch, index, { events, last, chosen, choose }) {
  const key = partKey(batch),
    known = events.of(key),
    { marks } = known;
  return html`<div role="row" class="row ${key === chosen ? "chosen" : ""}" id="row-${key}" aria-rowindex=${index + 2}
      aria-selected=${key === chosen ? "true" : "false"} .style=${`top:${index * rowHeight}px`} @click=${() => choose(key)}>
    <span role="gridcell" class="name" title=${partName(batch)}><span class="word">${partName(batch).split(" ")[0]}</span>
      ${partName(batch).split(" ").slice(1).join(" ")}</span>
    <span role="gridcell" class="what">${lane(batch, known, last)}<span class="hidden">committed to
      ${lead(seconds(batch.committed_lead_time), last) || "nothing"};
      ${known.sessions.length} sessions; ${marks.length} interruptions</span></span>
    <span role="gridcell" class="how ${batch.state}" title=${batch.waits ?? batch.error ?? ""}>${stateText(batch)}</span>
    <span role="gridcell" class="node">${batch.state === "granted" || batch.state === "completed" ? (batch.node ?? "") : ""}</span>
    <span role="gridcell" class="tries">${batch.attempts > 1 ? `${batch.attempts} attempts` : ""}</span>
  </div>`;
}

/** Lead times under the lanes. */
const axis =
  last => html`<div class="row axis" role="presentation" aria-hidden="true"><span></span><span class="what"><span class="ticks">
  ${[0, 0.25, 0.5, 0.75, 1].map(part => html`<i .style=${`left:${100 * part}%`}>${lead(part * last, last)}</i>`)}</span></span></div>`;

const legend = () => html`<p class="legend"><span><b class="swatch committed"></b>committed</span>
  <span><b class="swatch reached"></b>stepped, not yet committed</span><span><b class="swatch session"></b>session</span>
  <span><i class="mark rank-failed"></i>rank failed</span><span><i class="mark lost"></i>node lost</span>
  <span><i class="mark handed-back"></i>handed back</span><span><i class="mark failed"></i>failed for good</span></p>`;

/** A scrolling grid. */
export function batchGrid() {
  const view = { top: 0, height: 600 };

  function onScroll(event) {
    Object.assign(view, { top: event.target.scrollTop, height: event.target.clientHeight });
    update();
  }

  // Arrow keys move the selection, which is kept visible.
  function onKey(event, batches, chosen, choose) {
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -batches.length, End: batches.length }[event.key];
    if (!by) return;
    event.preventDefault();
    const from = batches.findIndex(batch => partKey(batch) === chosen);
    const to = Math.min(Math.max(from < 0 ? 0 : from + by, 0), batches.length - 1);
    choose(partKey(batches[to]));
    const box = event.currentTarget,
      top = to * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
  }

  return ({ batches, events, last, chosen, choose }) => {
    const from = Math.max(0, Math.floor(view.top / rowHeight) - more);
    const to = Math.min(batches.length, Math.ceil((view.top + view.height) / rowHeight) + more);
    const shown = batches.slice(from, to).some(batch => partKey(batch) === chosen);
    return html`
      <div class="grid" role="grid" aria-label="batches over lead time; arrow keys choose one" aria-rowcount=${batches.length + 1}
        tabindex="0" aria-activedescendant=${chosen !== null && shown ? `row-${chosen}` : nothing} @scroll=${onScroll}
        @keydown=${event => onKey(event, batches, chosen, choose)}>
        <div role="rowgroup" class="hidden"><div role="row" aria-rowindex="1">${["batch", "lead time", "state", "node", "attempts"].map(
          word => html`<span role="columnheader">${word}</span>`,
        )}</div></div>
        <div role="rowgroup" class="rows" .style=${`height:${batches.length * rowHeight}px`}>
          ${batches.slice(from, to).map((batch, i) => rowOf(batch, from + i, { events, last, chosen, choose }))}</div>
        ${axis(last)}
      </div>
      ${legend()}`;
  };
}
