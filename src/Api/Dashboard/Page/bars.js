// Attempts as bars over time, one row per node or batch, and the same as a table.

import { html, nothing, svg } from "./lit-html.js";
import { exactly, moment, partName, span, words } from "./text.js";

const mostLanes = 12,
  mostRows = 400;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const exactClock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const date = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

/** Outcomes whose cause is of interest. */
export const interrupted = ["lost", "failed", "restarted", "handed_back"];

const outcomeOf = attempt => attempt.outcome ?? "goes on";

const begins = attempt => Date.parse(attempt.began_at);
const ends = (attempt, now) => (attempt.ended_at ? Date.parse(attempt.ended_at) : now);

/** In words: what was done where, when, and how it ended. */
export const attemptText = (attempt, now = Date.now()) =>
  `${attempt.run ? `${attempt.run}, ` : ""}${partName(attempt)}, attempt ${attempt.number} ` +
  `(epoch ${attempt.epoch}) on ${attempt.node}: ${moment(attempt.began_at)}, ${span((ends(attempt, now) - begins(attempt)) / 1000)}, ` +
  `${words(outcomeOf(attempt))}${attempt.cause ? `: ${attempt.cause}` : ""}`;

// The first lane that is free at that time.
function laid(attempts, now) {
  const free = [];
  return attempts.map(attempt => {
    let lane = free.findIndex(end => end <= begins(attempt));
    if (lane < 0) lane = free.length;
    free[lane] = ends(attempt, now);
    return { attempt, lane };
  });
}

function row({ name, title, href, attempts }, { from, to, now, chosen, choose, begun = [] }) {
  const bars = laid(attempts, now),
    lanes = Math.max(1, ...bars.map(bar => bar.lane + 1));
  const high = lanes > mostLanes ? 4 : 10,
    height = lanes * (high + 1) + 3,
    x = time => (1000 * (time - from)) / (to - from);
  return html`<div class="band"><span class="name" title=${title ?? name}>${href ? html`<a href=${href}>${name}</a>` : name}</span>
    <svg viewBox="0 0 1000 ${height}" preserveAspectRatio="none" .style=${`height:${height}px`} role="img"
      aria-label="${name}: ${attempts.length} attempts, ${attempts.filter(a => interrupted.includes(a.outcome)).length} interrupted">
      <rect class="track" x="0" y="0" width="1000" height=${height}></rect>
      ${bars.map(({ attempt, lane }) => {
        const left = x(begins(attempt)),
          width = Math.max(1.5, x(ends(attempt, now)) - left);
        return svg`<rect class="attempt ${outcomeOf(attempt).replace(" ", "-")} ${attempt === chosen ? "chosen" : ""}" x=${left}
          y=${2 + lane * (high + 1)} width=${width} height=${high}
          @click=${() => choose(attempt)}><title>${attemptText(attempt, now)}</title></rect>`;
      })}
      ${begun.map(at => svg`<path class="begun" d="M${x(at)} 0V${height}"><title>the registry of runs began, ${moment(at)}</title></path>`)}
    </svg></div>`;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].map(s => 1000 * s);

function ticks(from, to) {
  const step = steps.find(s => (to - from) / s <= 6) ?? 86400000 * Math.ceil((to - from) / 86400000 / 6);
  const offset = new Date(from).getTimezoneOffset() * 60000,
    first = Math.ceil((from - offset) / step) * step + offset;
  const format = step >= 86400000 ? date : step < 60000 ? exactClock : clock;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => [
    first + i * step,
    format.format(first + i * step),
  ]);
}

// Labels at an edge stay inside.
const sideOf = part => (part < 0.05 ? "first" : part > 0.93 ? "last" : "");

/** The bars. `rows` have a name and attempts; `from` and `to` are times in milliseconds. */
export function bars({ rows, from, to, now, chosen, choose, begun }) {
  const shown = rows.slice(0, mostRows),
    at = { from, to, now, chosen, choose, begun };
  return html`<div class="bars" tabindex="0" role="region" aria-label="attempts over time">
      <div class="bands">${shown.map(r => row(r, at))}</div>
      <div class="band axis" aria-hidden="true"><span></span><span class="ticks">${ticks(from, to).map(
        ([time, text]) =>
          html`<i class=${sideOf((time - from) / (to - from))} .style=${`left:${(100 * (time - from)) / (to - from)}%`}>${text}</i>`,
      )}</span></div>
    </div>
    ${rows.length > mostRows ? html`<p class="quiet">${mostRows} of ${rows.length} rows are drawn, those with
      interruptions first.</p>` : nothing}
    <p class="legend"><span><b class="swatch attempt completed"></b>completed</span>
      <span><b class="swatch attempt goes-on"></b>goes on</span>
      <span><b class="swatch attempt restarted"></b>started again on the same node</span>
      <span><b class="swatch attempt lost"></b>node lost</span>
      <span><b class="swatch attempt handed_back"></b>handed back</span><span><b class="swatch attempt failed"></b>failed for good</span>
      ${begun?.length > 0 ? html`<span><b class="swatch begun"></b>the registry of runs began (a seed was started,
        or took over)</span>` : nothing}</p>`;
}

/** The same as a table, newest first. */
export const attemptTable = (
  attempts,
  now,
  label = "attempts",
) => html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
  <table class="cards"><thead><tr>${attempts.some(a => a.run) ? html`<th scope="col">Run</th>` : nothing}<th scope="col">Batch</th>
    <th scope="col" class="number">Attempt</th><th scope="col" class="number">Epoch</th><th scope="col">Node</th><th scope="col">Began</th>
    <th scope="col">Took</th><th scope="col">Ended</th></tr></thead>
  <tbody>${attempts.map(
    a => html`<tr>
    ${a.run ? html`<th scope="row" data-label="Run"><a href="#/runs/${encodeURIComponent(a.run)}">${a.run}</a></th>` : nothing}
    <td data-label="Batch">${partName(a)}</td><td data-label="Attempt" class="number">${a.number}</td>
    <td data-label="Epoch" class="number">${a.epoch}</td><td data-label="Node">${a.node}</td>
    <td data-label="Began" title=${exactly(a.began_at)}>${moment(a.began_at)}</td>
    <td data-label="Took" class="number">${span((ends(a, now) - begins(a)) / 1000)}</td>
    <td data-label="Ended"><span class="badge ${outcomeOf(a).replace(" ", "-")}">${words(outcomeOf(a))}</span>
      ${a.cause ? html` <span class="cause">${a.cause}</span>` : nothing}</td></tr>`,
  )}</tbody></table></div>`;

/** Rows of bars by `key`; if there are too many, those with interruptions first. */
export function grouped(attempts, key, sort) {
  const rows = new Map();
  for (const attempt of attempts) {
    const name = key(attempt);
    if (!rows.has(name)) rows.set(name, { name, attempts: [] });
    rows.get(name).attempts.push(attempt);
  }
  rows.forEach(r => r.attempts.sort((a, b) => begins(a) - begins(b)));
  const all = [...rows.values()];
  if (all.length > mostRows) all.sort((a, b) => b.attempts.length - a.attempts.length);
  return sort ? all.sort(sort) : all;
}

/** The time that attempts span, with a margin. */
export function extent(attempts, now) {
  const from = Math.min(now - 10000, ...attempts.map(begins));
  const to = attempts.some(a => !a.ended_at) ? now : Math.max(...attempts.map(a => ends(a, now)), from + 10000);
  return [from, to + (to - from) * 0.01];
}
