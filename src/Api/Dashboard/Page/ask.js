// A question before an order is sent, and a line with the result.

import { html, nothing } from "./lit-html.js";
import { update } from "./app.js";

const state = { question: null, isBusy: false, problem: "", notice: "", timer: 0 };

/**
 * Asks once, then does it.
 * @param question title, text (what will happen), action (the button's word), isGrave, and run, which does it and gives a line to show.
 */
export function ask(question) {
  Object.assign(state, { question, isBusy: false, problem: "" });
  update();
}

/** Opens the question once it is drawn. */
export const open = () => document.querySelector("dialog:not([open])")?.showModal();

/** Shows a line for a while. */
export function say(text) {
  state.notice = text;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => {
    state.notice = "";
    update();
  }, 8000);
  update();
}

export const notice = () => html`<div class="notice" role="status" aria-live="polite">${state.notice}</div>`;

/** Copies a text to the clipboard, also where browsers deny it to pages without TLS. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  say(`${what} copied.`);
}

async function carryOut() {
  Object.assign(state, { isBusy: true, problem: "" });
  update();
  try {
    const line = await state.question.run();
    dismiss();
    if (line) say(line);
  } catch (error) {
    Object.assign(state, { isBusy: false, problem: error.message });
    update();
  }
}

function dismiss() {
  document.querySelector("dialog")?.close();
  state.question = null;
  update();
}

export const dialog = () =>
  state.question === null
    ? nothing
    : html`
  <dialog aria-labelledby="questionTitle" @cancel=${event => {
    event.preventDefault();
    dismiss();
  }}>
    <h2 id="questionTitle">${state.question.title}</h2>
    <p>${state.question.text}</p>
    ${state.problem ? html`<p class="problem" role="alert">${state.problem}</p>` : nothing}
    <div class="buttons">
      <button type="button" class=${state.question.isGrave ? "grave" : "main"} ?disabled=${state.isBusy} @click=${carryOut}>
        ${state.isBusy ? "Sent \u2026" : state.question.action}</button>
      <button type="button" @click=${dismiss} autofocus>Not now</button>
    </div>
  </dialog>`;
