// Orders to a run, each confirmed once.

import { post, runPath } from "./api.js";
import { seed } from "./app.js";
import { ask } from "./ask.js";

const orders = {
  pause: run => ({
    title: `Pause ${run.id}?`,
    action: "Pause it",
    text: "Each batch waits at its next boundary, and keeps its slots; nothing more of the run is granted. Resume lets it go on.",
  }),
  resume: run => ({ title: `Resume ${run.id}?`, action: "Resume it", text: "Its batches go on from where they wait." }),
  commit: run => ({
    title: `Have ${run.id} commit?`,
    action: "Checkpoint now",
    text: "Each batch that is under way commits a session at its next boundary, besides those that are due anyway.",
  }),
  cancel: run => ({
    title: `Cancel ${run.id}?`,
    action: "Cancel the run",
    isGrave: true,
    text: "What waits is withdrawn; what is under way halts at its next boundary, durably. Retry lets it go on from there, later.",
  }),
  retry: run => ({
    title: `Retry ${run.id}?`,
    action: "Retry it",
    text: "Batches that failed or were cancelled go on from their newest sessions; those that are complete stay as they are.",
  }),
};

/** The labels of their buttons. */
export const buttonTexts = { pause: "Pause", resume: "Resume", commit: "Checkpoint now", cancel: "Cancel", retry: "Retry" };

/** The orders that make sense in the run's state. */
export function ordersOf(run) {
  if (run.ended_at) return run.state !== "completed" && seed()?.run === null ? ["retry"] : [];
  return run.cancel_requested ? [] : [run.paused ? "resume" : "pause", ...(run.progress.granted > 0 ? ["commit"] : []), "cancel"];
}

/** Asks whether to send an order; `sent` is called after it was sent. */
export const tell = (name, run, sent) =>
  ask({
    ...orders[name](run),
    run: async () => {
      await post(runPath(run.id, `/${name}`));
      sent();
      return `${run.id} will ${name === "commit" ? "commit at the next boundary" : name}.`;
    },
  });
