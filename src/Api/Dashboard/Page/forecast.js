// Loads the seed's forecast page into this frame. It is the page that `cairn picture` writes, with its scripts inside; here
// they are loaded separately, since pages of this server may not run inline scripts.

import { request } from "./api.js";

const id = new URLSearchParams(location.search).get("run") ?? "";
const waiting = document.getElementById("waiting");

async function show() {
  const response = await request(`/api/runs/${encodeURIComponent(id)}/forecast`);
  // Its style is loaded separately, too: inline it would be refused with an error in the console.
  const text = (await response.text()).replace(/<style>[^]*?<\/style>/, "");
  const drawn = new DOMParser().parseFromString(text, "text/html");
  const parts = [...drawn.body.children]
    .filter(part => part.localName !== "script" || part.type !== "")
    .map(part => document.adoptNode(part));
  document.title = drawn.title;
  document.body.replaceChildren(...parts);
  const script = document.createElement("script");
  script.src = "/dashboard/picture.js";
  document.body.append(script);
  parent.postMessage({ drawn: response.headers.get("ETag") }, location.origin);
}

show().catch(error => {
  waiting.textContent = error.message;
  waiting.className = "problem";
  waiting.setAttribute("role", "alert");
  parent.postMessage({ failed: error.message }, location.origin);
});
