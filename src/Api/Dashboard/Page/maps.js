// The forecast page of a run's committed fields, in a frame, redrawn as more is committed.

import { html, nothing } from "./lit-html.js";
import { request, runPath } from "./api.js";
import { update } from "./app.js";
import { say } from "./ask.js";
import { partKey } from "./text.js";

const pause = 8000;

export function forecastPane(id) {
  const state = { follows: true, drawnAt: 0, drawnOf: "", isDrawn: false, failed: "", frame: null };

  // Changes with each session.
  const committed = run => run.batches.map(batch => `${partKey(batch)}:${batch.newest_session}`).join(" ");

  function draw(run) {
    Object.assign(state, { drawnAt: Date.now(), drawnOf: committed(run), failed: "" });
    // The reader's choices are in the frame's address.
    const kept = state.frame?.contentDocument?.getElementById("link")?.getAttribute("href") ?? "";
    state.frame?.contentWindow?.location.replace(
      `/forecast?run=${encodeURIComponent(id)}&at=${Date.now()}${kept.startsWith("#") ? kept : ""}`,
    );
  }

  function onMessage(event) {
    if (event.origin !== location.origin || event.source !== state.frame?.contentWindow) return;
    Object.assign(state, { isDrawn: Boolean(event.data.drawn), failed: event.data.failed ?? "" });
    update();
  }

  async function save() {
    const page = await (await request(runPath(id, "/forecast"))).blob(),
      link = document.createElement("a");
    link.href = URL.createObjectURL(page);
    link.download = `${id}.forecast.html`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  let run = null;
  return {
    start: signal => window.addEventListener("message", onMessage, { signal }),
    draw(of) {
      run = of;
      const isNewer = state.frame && state.drawnOf !== committed(run);
      return html`<div class="choices">
          <label class="check"><input type="checkbox" .checked=${state.follows} @change=${event => {
            state.follows = event.target.checked;
            update();
          }}>
            draw anew as more is committed</label>
          <button type="button" @click=${() => draw(run)}>Draw now</button>
          <button type="button" ?disabled=${!state.isDrawn} @click=${() => save().catch(error => say(error.message))}>Save the page</button>
          <span class="quiet">${isNewer ? "More is committed than is drawn." : nothing}</span></div>
        <iframe class="forecast" title="forecast maps of ${id}"></iframe>`;
    },
    drawn() {
      const frame = document.querySelector("iframe.forecast");
      if (frame && frame !== state.frame) {
        state.frame = frame;
        frame.src = `/forecast?run=${encodeURIComponent(id)}`;
        Object.assign(state, { drawnAt: Date.now(), drawnOf: committed(run), failed: "", isDrawn: false });
      } else if (frame && state.follows && state.drawnOf !== committed(run) && Date.now() - state.drawnAt > pause) {
        draw(run);
      }
    },
    leave() {
      state.frame = null;
    },
  };
}
