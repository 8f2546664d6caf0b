// A run's spec and the paths of its data, to copy.

import { html } from "./lit-html.js";
import { seed } from "./app.js";
import { copy } from "./ask.js";

/** Every setting of a run. */
export function specPane(run, attempts) {
  const spec = JSON.stringify(run.spec, null, 2),
    provenance = () =>
      JSON.stringify(
        {
          run: run.id,
          name: run.name,
          state: run.state,
          submitted_at: run.submitted_at,
          ended_at: run.ended_at,
          begun_from: run.begun_from,
          checkpoint_path: run.checkpoint_path,
          server: `cairn ${seed()?.version}`,
          error: run.error,
          spec: run.spec,
          batches: run.batches.map(({ part, first, last, of, state: where, epoch, newest_session: session, committed_lead_time: to }) => ({
            part,
            first,
            last,
            ...(of && { of }),
            state: where,
            epoch,
            newest_session: session,
            committed_lead_time: to,
          })),
          attempts,
        },
        null,
        2,
      );
  return html`<p>Every setting with its value, as the run was taken. <code>run.json</code> in <code>${run.checkpoint_path}</code> has the
      same, with the digests of model and inputs.</p>
    <div class="buttons"><button type="button" @click=${() => copy(spec, "The spec is")}>Copy the spec</button>
      <button type="button" @click=${() => copy(provenance(), "The provenance is")}>Copy spec and provenance</button>
      <button type="button" @click=${() => copy(run.checkpoint_path, "The path is")}>Copy the path</button></div>
    <pre tabindex="0" aria-label="spec">${spec}</pre>`;
}
