// The details of one batch: its progress, interruptions, attempts and sessions.

import { html, nothing } from "./lit-html.js";
import { attemptTable } from "./bars.js";
import { exactly, lead, moment, partName, plural, seconds } from "./text.js";

/** A term and its value; nothing if the value is empty. */
export const fact = (word, text, title) =>
  text === "" || text === null ? nothing : html`<div><dt>${word}</dt><dd title=${title ?? nothing}>${text}</dd></div>`;

const markLine = (mark, last) => html`<li title=${exactly(mark.at)}>${moment(mark.at)}, at lead time ${lead(mark.lead, last)}:
  <strong>${mark.kind}</strong> <span class="cause">${mark.cause}</span></li>`;

const sessionLine = (session, last) => html`<li title=${exactly(session.at)}>${lead(session.lead, last)}: <code>${session.name}</code>,
  epoch ${session.epoch}, ${moment(session.at)}</li>`;

/** A batch of a run. */
export function batchPanel({ run, batch, known, attempts, close }) {
  const last = seconds(run.last_lead_time);
  const marks = known.marks.slice(-20).reverse();
  const sessions = known.sessions.slice(-200).reverse();
  return html`<section class="panel" aria-labelledby="batchTitle">
    <div class="head"><h2 id="batchTitle">${partName(batch)}</h2><span class="badge ${batch.state}">${batch.state}</span>
      <button type="button" @click=${close}>Close</button></div>
    <dl class="facts">${fact("Node", batch.node ?? "")}${fact("Epoch", String(batch.epoch))}
      ${fact("Stepped to", lead(seconds(batch.lead_time), last))}${fact("Committed to", lead(seconds(batch.committed_lead_time), last))}
      ${fact("Newest session", batch.newest_session ?? "")}${fact("Nodes lost with", batch.losses > 0 ? String(batch.losses) : "")}
      ${fact("Waits", batch.waits ?? "")}</dl>
    ${batch.error ? html`<p class="problem">${batch.error}</p>` : nothing}
    ${marks.length > 0 ? html`<h3>Interruptions</h3><ul>${marks.map(mark => markLine(mark, last))}</ul>` : nothing}
    ${attempts.length > 0 ? html`<h3>Attempts</h3>${attemptTable(attempts, Date.now(), `attempts at ${partName(batch)}`)}` : nothing}
    ${sessions.length > 0 ? html`<details><summary>${plural(known.sessions.length, "session")}</summary>
      <ul>${sessions.map(session => sessionLine(session, last))}</ul></details>` : nothing}
  </section>`;
}
