// The nodes that step batches, and the processes of the cluster.

import { html, nothing } from "./lit-html.js";
import { every, get, post } from "./api.js";
import { seed, update } from "./app.js";
import { ask } from "./ask.js";
import { ago, exactly, plural, span } from "./text.js";

export function nodesView() {
  const state = { nodes: null, members: [] };

  async function look(signal) {
    state.nodes = (await get("/api/nodes", signal)).nodes;
    if (seed()?.run === null) state.members = (await get("/api/members", signal)).members;
    update();
  }

  const drain = node =>
    ask({
      title: `Drain ${node.id}?`,
      action: "Drain it",
      isGrave: true,
      text:
        (node.batches > 0
          ? `It hands back ${plural(node.batches, "batch", "batches")} at the next boundary, durably, for others to go on with, and `
          : "It holds nothing, and ") + "leaves the cluster. To have it back, start the worker again.",
      run: async () => {
        await post(`/api/nodes/${encodeURIComponent(node.id)}/drain`);
        return `${node.id} will drain.`;
      },
    });

  const heard = node =>
    node.seconds_silent !== null
      ? html`<strong class="cause">silent for ${span(node.seconds_silent)}</strong>`
      : html`${span(node.seconds_since_heard)} ago`;

  const row = node => html`<tr>
    <th scope="row" data-label="Node">${node.id}<small class="quiet"> ${node.host}, process ${node.pid}</small></th>
    <td data-label="State"><span class="badge ${node.state}">${node.state}</span></td>
    <td data-label="Slots"><span class="progress"><meter min="0" max=${Math.max(1, node.slots)} .value=${node.used_slots}
      aria-label="slots taken on ${node.id}"></meter> <span class="number">${node.used_slots} of ${node.slots}</span></span></td>
    <td data-label="Batches" class="number">${node.batches}</td>
    <td data-label="Devices">${node.devices.join(", ")}
      ${node.labels.length > 0 ? html`<small class="quiet">${node.labels.join(", ")}</small>` : nothing}</td>
    <td data-label="Load" class="number">${node.load === null ? "" : node.load.toFixed(2)}</td>
    <td data-label="Heard">${heard(node)}</td>
    <td data-label="Here since" title=${exactly(node.registered_at)}>${ago(node.registered_at)}</td>
    <td data-label="Version"><small>${node.version}</small></td>
    ${
      seed()?.run === null
        ? html`<td class="acts">${
            node.state === "up" || node.state === "silent"
              ? html`<button type="button" @click=${() => drain(node)} aria-label="Drain ${node.id}">Drain</button>`
              : nothing
          }</td>`
        : nothing
    }
  </tr>`;

  const nodes = () => html`<div class="scroll" tabindex="0" role="region" aria-label="table of nodes"><table class="cards">
    <thead><tr>${["Node", "State", "Slots", "Batches", "Devices", "Load", "Heard", "Here since", "Version"].map(
      word => html`<th scope="col">${word}</th>`,
    )}${seed()?.run === null ? html`<th scope="col"><span class="hidden">What to do</span></th>` : nothing}</tr></thead>
    <tbody>${state.nodes.map(row)}</tbody></table></div>`;

  const members = () => html`<section aria-labelledby="membersTitle"><h2 id="membersTitle">The cluster, as this seed sees it</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="table of the cluster's members"><table class="cards">
      <thead><tr><th scope="col">Address</th><th scope="col">Role</th><th scope="col">State</th><th scope="col">Answers</th></tr></thead>
      <tbody>${state.members.map(
        m => html`<tr><th scope="row" data-label="Address">${m.address}${m.is_self ? " (this seed)" : ""}</th>
        <td data-label="Role">${m.roles.join(", ")}</td><td data-label="State">${m.status}</td>
        <td data-label="Answers">${m.is_reachable ? "yes" : html`<strong class="cause">no</strong>`}</td></tr>`,
      )}</tbody>
    </table></div></section>`;

  function total() {
    const up = state.nodes.filter(n => n.state === "up"),
      sum = of => up.reduce((all, node) => all + of(node), 0);
    return (
      `${plural(up.length, "node")} up, ${sum(n => n.used_slots)} of ${plural(
        sum(n => n.slots),
        "slot",
      )} taken, ` +
      plural(
        sum(n => n.batches),
        "batch",
        "batches",
      )
    );
  }

  return {
    title: "Nodes",
    start: signal => every(2000, () => look(signal), signal),
    draw: () => html`<div class="head"><h1 tabindex="-1">Nodes</h1>${state.nodes ? html`<p class="quiet">${total()}</p>` : nothing}</div>
      ${
        state.nodes === null
          ? html`<p class="quiet">Loading …</p>`
          : state.nodes.length > 0
            ? nodes()
            : html`<p>No node is here. Start one: <code>cairn worker --seed HOST</code>.</p>`
      }
      ${state.members.length > 0 ? members() : nothing}`,
  };
}
