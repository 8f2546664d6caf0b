// What a run's events say about each batch: its sessions, failures and restarts. Events are counted once each,
// in order; nothing is decided here.

import { partKey, seconds } from "./text.js";

const kept = 2000;

/** Words for interruptions of a batch, by kind of event. */
export const interruptions = {
  "rank failed": "a rank failed",
  lost: "its node was lost",
  "handed back": "handed back",
  "session aborted": "a session was given up",
  "member dropped": "a member was dropped",
  "member redrawn": "a member begins anew",
  failed: "failed for good",
  quarantined: "quarantined",
};

/** Gathers events of one run. */
export class RunEvents {
  constructor() {
    /** The newest events, newest last. */
    this.newest = [];
    this.count = 0;
    /** The newest event's number. */
    this.last = 0;
    this.batches = new Map();
  }

  take(events) {
    this.count += events.length;
    this.last = events.at(-1).number;
    this.newest = this.newest.concat(events);
    if (this.newest.length > 2 * kept) this.newest = this.newest.slice(-kept);
    events.forEach(event => this.#apply(event));
  }

  /** What is known about a batch. */
  of(key) {
    if (!this.batches.has(key)) this.batches.set(key, { sessions: [], marks: [], starts: [], sessionPath: "" });
    return this.batches.get(key);
  }

  #apply(event) {
    const key = partKey(event),
      { kind, detail, at, number } = event;
    if (key === null) return;
    const batch = this.of(key),
      newest = batch.sessions.at(-1)?.lead ?? 0;
    if (kind === "session committed" && detail.lead_time) {
      batch.sessions.push({ lead: seconds(detail.lead_time), name: detail.session, epoch: detail.epoch, at });
    } else if (kind === "batch started") {
      batch.starts.push({ lead: seconds(detail.lead_time), epoch: detail.epoch, session: detail.session, at });
    } else if (kind in interruptions) {
      const place = detail.lead_time === undefined ? newest : (seconds(detail.lead_time) ?? newest);
      batch.marks.push({ kind, lead: place, cause: detail.cause ?? detail.error ?? "", at, number });
    }
  }
}
