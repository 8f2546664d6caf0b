// Asks the server that this page came from, and says whether it answers.

const tokenKey = "cairn.token";

// Longer than a registry takes that is asked again and again (seed.answer-within), and than a stream is silent (seed.keep-alive).
const patience = 30000, longestSilence = 90000;

/** The server said no. `errors` has the mistakes of a spec. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `the server answered ${status}`);
    [this.status, this.errors] = [status, problem.errors ?? []];
  }
}

/** The server did not answer, or cannot for now. */
export class Away extends Error {}

/** Whether the server answers: `since` is when it stopped to; `needsToken` whether it asks for one. */
export const connection = { since: null, reason: "", needsToken: false, wasRefused: false };

const listeners = new Set();

/** Calls `listener` whenever the connection changes. */
export const onConnection = listener => listeners.add(listener);

const tell = change => {
  Object.assign(connection, change);
  listeners.forEach(listener => listener());
};

/** The token lives as long as this tab. It is in no address, and no other page sees it. */
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

/** The response; what is none throws. */
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

/** What the server answers, as JSON. A server that stopped in the middle is taken for one that is away. */
export const get = async (path, signal) =>
  (await request(path, { signal: AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]) })).json();

/** Tells the server something. */
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

/** Ends a stream when its page is hidden or left, or nothing came for too long. */
class Watch {
  #ending = new AbortController();
  #timer = 0;
  #look = () => document.hidden && this.#ending.abort();

  constructor(signal) {
    this.signal = AbortSignal.any([signal, this.#ending.signal]);
    this.outer = signal;
  }

  /** Waits until the page is seen, and watches from then on. */
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

// Events of a chunk are handed over together. Returns whether the stream said that it is at its end.
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

// The lines of a message, by name; a comment is none.
const fieldsOf = block => Object.fromEntries(block.split("\n").map(line => line.split(/: (.*)/s)).filter(([name]) => name));

/** Calls `look` now and then every `ms`, one at a time, until the signal; less often while nobody sees the page. */
export async function every(ms, look, signal) {
  while (!signal.aborted) {
    const paused = typeof ms === "function" ? ms() : ms;
    if (!document.hidden) {
      try {
        await look();
      } catch (error) {
        // What is away is shown by the connection; a refusal belongs to whoever looks.
        if (!(error instanceof Away || error instanceof Refused || signal.aborted)) console.error(error);
      }
    }
    await pause(document.hidden ? Math.min(paused, 1000) : paused, signal);
  }
}
