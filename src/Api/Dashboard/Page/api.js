// Requests to the server that this page came from, and whether it answers.

const tokenKey = "cairn.token";

// Longer than the registry may take to answer (seed.answer-within), and longer than a stream may be silent (seed.keep-alive).
const patience = 30000, longestSilence = 90000;

/** The server refused. `errors` has the mistakes of a spec. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `the server answered ${status}`);
    [this.status, this.errors] = [status, problem.errors ?? []];
  }
}

/** The server did not answer, or cannot at the moment. */
export class Away extends Error {}

/** The connection: `since` is when the server stopped answering; `needsToken` whether it requires one. */
export const connection = { since: null, reason: "", needsToken: false, wasRefused: false };

const listeners = new Set();

/** Calls `listener` whenever the connection changes. */
export const onConnection = listener => listeners.add(listener);

const tell = change => {
  Object.assign(connection, change);
  listeners.forEach(listener => listener());
};

/** The token is kept for this tab. It is in no address, and other pages cannot read it. */
export const token = {
  get: () => sessionStorage.getItem(tokenKey),
  set(text) {
    sessionStorage.setItem(tokenKey, text);
    tell({ needsToken: false, wasRefused: false });
  },
  forget() {
    sessionStorage.removeItem(tokenKey);
    tell({ needsToken: true, wasRefused: false });
  },
};

const withToken = headers => (token.get() ? { ...headers, Authorization: `Bearer ${token.get()}` } : headers);

/** The response; refusals and missing answers throw. */
export async function request(path, { headers = {}, ...options } = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: withToken(headers), cache: "no-store", redirect: "error" });
  } catch (error) {
    if (options.signal?.aborted && error.name !== "TimeoutError") throw error;
    tell({ since: connection.since ?? new Date(), reason: "" });
    throw new Away("The server does not answer.");
  }
  if (response.ok || response.status === 304) {
    tell({ since: null, reason: "" });
    return response;
  }
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) tell({ since: null, needsToken: true, wasRefused: Boolean(token.get()) });
  if (response.status === 503 || response.status === 429) {
    tell({ since: connection.since ?? new Date(), reason: problem.detail ?? "" });
    throw new Away(problem.detail ?? `the server answered ${response.status}`);
  }
  if (response.status !== 401) tell({ since: null, reason: "" });
  throw new Refused(response.status, problem);
}

/** The server's answer as JSON. If it breaks off, the server counts as away. */
export const get = async (path, signal) =>
  (await request(path, { signal: AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]) })).json();

/** Sends the server an order. */
export const post = async (path, { body, type, headers = {} } = {}) =>
  (
    await request(path, {
      method: "POST",
      body,
      headers: type ? { ...headers, "Content-Type": type } : headers,
    })
  ).json();

/** The path of a run's resource. */
export const runPath = (id, more = "") => `/api/runs/${encodeURIComponent(id)}${more}`;

const pause = (ms, signal) =>
  new Promise(done => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      done();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });

/**
 * Follows a run's events after the one of a number: `take` gets them, several at once, each once and in order, until the run's last. A
 * stream that breaks is gone on with from the last event that came. A page that nobody sees has none: a browser opens only six
 * connections to a server without TLS, for all its tabs together.
 */
export async function follow(id, after, take, signal) {
  let last = after;
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, 8000)) {
    const watch = new Watch(signal);
    try {
      await watch.seen();
      const headers = { Accept: "text/event-stream", ...(last > 0 ? { "Last-Event-ID": String(last) } : {}) };
      const response = await request(runPath(id, "/events"), { headers, signal: watch.signal });
      if (response.status === 204) return;
      const isAtEnd = await read(response, watch, events => {
        wait = 500;
        last = events.at(-1).number;
        take(events);
      });
      if (isAtEnd) return;
    } catch (error) {
      if (signal.aborted || error instanceof Refused) return;
    } finally {
      watch.end();
    }
    await pause(document.hidden ? 0 : wait, signal);
  }
}

/** Ends a stream when its page is hidden or left, or when it was silent for too long. */
class Watch {
  #ending = new AbortController();
  #timer = 0;
  #look = () => document.hidden && this.#ending.abort();

  constructor(signal) {
    this.signal = AbortSignal.any([signal, this.#ending.signal]);
    this.outer = signal;
  }

  /** Waits until the page is visible, and watches from then on. */
  async seen() {
    while (document.hidden && !this.outer.aborted) await pause(500, this.outer);
    document.addEventListener("visibilitychange", this.#look);
    this.heard();
  }

  heard() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ending.abort(), longestSilence);
  }

  end() {
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#look);
  }
}

// Events of a chunk are passed on together. Returns whether the stream has reached its end.
async function read(response, watch, take) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return false;
    watch.heard();
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    const messages = blocks.map(fieldsOf);
    const events = messages.filter(m => m.data && m.event !== "end").map(m => JSON.parse(m.data));
    if (events.length > 0) take(events);
    if (messages.some(m => m.event === "end")) {
      reader.cancel().catch(() => {});
      return true;
    }
  }
}

// The fields of a message, by name; comments are skipped.
const fieldsOf = block => Object.fromEntries(block.split("\n").map(line => line.split(/: (.*)/s)).filter(([name]) => name));

/** Calls `look` every `ms`, one at a time, until the signal; less often while the page is hidden. */
export async function every(ms, look, signal) {
  while (!signal.aborted) {
    const paused = typeof ms === "function" ? ms() : ms;
    if (!document.hidden) {
      try {
        await look();
      } catch (error) {
        // A lost connection is shown elsewhere; a refusal is for the caller.
        if (!(error instanceof Away || error instanceof Refused || signal.aborted)) console.error(error);
      }
    }
    await pause(document.hidden ? Math.min(paused, 1000) : paused, signal);
  }
}
