// Submits a run: its spec as text, checked by the seed like a submission, with mistakes shown beside their lines.

import { html, nothing } from "./lit-html.js";
import { Refused, post } from "./api.js";
import { seed, update } from "./app.js";
import { ask, say } from "./ask.js";
import { plural } from "./text.js";

// A complete spec that runs unchanged, in the first folder that the seed allows.
const example = root => `name = trial

model { kind = shallow-water, step = 90s, nx = 64, ny = 64, dx = 100000 }
initial { source = model, case = sine-waves }
lead-times { every = 1h, count = 48 }
ensemble { size = 4, batch-size = 2, seed = 1975, perturbation { kind = gaussian, amplitude = 0.1, variables = [u, v] } }
checkpoint { path = "${root}/trial/checkpoints", history-size = 3, flush-interval = 12 }
output { path = "${root}/trial/fields.zarr", variables = [u, v, p, vorticity], lead-times-per-chunk = 12 }
`;

// Formats of specs, and their file extensions.
const kinds = { hocon: /\.(conf|hocon)$/i, json: /\.json$/i, yaml: /\.ya?ml$/i };

const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

let draft = "",
  kind = "hocon";

export function submitView() {
  const state = { mistakes: [], problem: "", checked: null, isBusy: false, key: random() };

  function edit(text) {
    draft = text;
    Object.assign(state, { mistakes: [], problem: "", checked: null, key: random() });
    update();
  }

  function begin(root) {
    kind = "hocon";
    edit(example(root));
  }

  function write(name) {
    kind = name;
    edit(draft);
  }

  async function check() {
    Object.assign(state, { mistakes: [], problem: "", checked: null, isBusy: true });
    update();
    try {
      state.checked = await post("/api/runs/check", { body: draft, type: `application/${kind}` });
    } catch (error) {
      [state.mistakes, state.problem] = [error instanceof Refused ? error.errors : [], error.message];
    }
    state.isBusy = false;
    update();
    return state.checked;
  }

  async function submit() {
    const checked = await check();
    if (!checked) return;
    ask({
      title: `Submit ${checked.name}?`,
      action: "Submit it",
      text: `${summary(checked)} It begins as soon as there is room for it.`,
      run: async () => {
        const { id } = await post("/api/runs", { body: draft, type: `application/${kind}`, headers: { "Idempotency-Key": state.key } });
        state.key = random();
        location.hash = `#/runs/${encodeURIComponent(id)}`;
        return `${id} is submitted.`;
      },
    });
  }

  function summary({ spec }) {
    const size = spec.ensemble?.size ?? 1,
      batch = spec.ensemble?.["batch-size"] ?? size,
      times = Array.isArray(spec.initial?.time) ? spec.initial.time.length : 1;
    const members = `${plural(size, "member")}${times > 1 ? ` of each of ${times} initial times` : ""}`,
      boundaries = plural(spec["lead-times"]?.count ?? 0, "boundary", "boundaries");
    return `${members} in batches of ${batch}, ${boundaries}, written to ${spec.checkpoint?.path}.`;
  }

  function goTo(line) {
    const field = document.getElementById("spec"),
      lines = draft.split("\n"),
      from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    field.focus();
    field.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
    field.scrollTop = (line - 3) * parseFloat(getComputedStyle(field).lineHeight);
  }

  async function read(event) {
    const [file] = event.target.files;
    if (file) {
      kind = Object.keys(kinds).find(name => kinds[name].test(file.name)) ?? "hocon";
      edit(await file.text());
    }
    event.target.value = "";
  }

  const lines = () => {
    const wrong = new Set(state.mistakes.map(m => m.line)),
      count = Math.max(12, draft.split("\n").length);
    return Array.from({ length: count }, (_, i) => html`<span class=${wrong.has(i + 1) ? "wrong" : ""}>${i + 1}</span>`);
  };

  const problems = () =>
    !state.problem
      ? nothing
      : html`<div class="panel" role="alert"><p class="cause">${state.problem}</p>
    <ol class="mistakes">${state.mistakes.map(
      m => html`<li>${
        m.line
          ? html`<button type="button" class="link" @click=${() => goTo(m.line)}>
      line ${m.line}${m.column ? `, column ${m.column}` : ""}</button>: `
          : nothing
      }${m.setting ? html`<code>${m.setting}</code>: ` : nothing}
      found ${m.found}; expected ${m.expected}</li>`,
    )}</ol></div>`;

  const roots = () => (seed()?.roots?.length > 0 ? html` that lead into <code>${seed().roots.join(", ")}</code>` : nothing);

  return {
    title: "Submit",
    draw: () => html`<div class="head"><h1 tabindex="-1">Submit a run</h1></div>
      <p id="specHelp">A whole spec, HOCON, JSON or YAML: no includes, nothing from the environment, and absolute paths${roots()}.
        <code>cairn submit SPEC</code> makes one of any spec.</p>
      <div class="buttons"><label class="file">Read a file …
          <input type="file" accept=".conf,.hocon,.json,.yaml,.yml,text/plain" @change=${read}></label>
        <button type="button" ?disabled=${draft !== ""} @click=${() => begin(seed()?.roots?.[0] ?? "/scratch")}>
          Begin with an example</button>
        <label>Written in <select @change=${event => write(event.target.value)}>${Object.keys(kinds).map(name => html`
          <option value=${name} ?selected=${name === kind}>${name.toUpperCase()}</option>`)}</select></label></div>
      <label for="spec">Spec</label>
      <div class="editor"><div class="lines" aria-hidden="true">${lines()}</div>
        <textarea id="spec" spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off"
          rows=${Math.max(12, draft.split("\n").length)}
          aria-describedby="specHelp" aria-invalid=${state.problem ? "true" : "false"} .value=${draft}
          @input=${event => edit(event.target.value)}></textarea></div>
      ${problems()}
      ${
        state.checked
          ? html`<div class="panel good" role="status"><p>No mistakes. ${summary(state.checked)}</p>
        <details><summary>Every setting with its value</summary>
          <pre tabindex="0">${JSON.stringify(state.checked.spec, null, 2)}</pre></details></div>`
          : nothing
      }
      <div class="buttons"><button type="button" ?disabled=${!draft || state.isBusy}
          @click=${() => check().then(c => c && say("No mistakes."))}>Check</button>
        <button type="button" class="main" ?disabled=${!draft || state.isBusy} @click=${submit}>Submit …</button></div>`,
  };
}
