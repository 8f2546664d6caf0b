// What the reader has chosen, and the page as it follows from that.

const element = id => document.getElementById(id);
const facts = JSON.parse(element("factsData").textContent);
const coastline = JSON.parse(element("coastline").textContent);
const decoded = new Map();
const hasStatistics = facts.members > 1, lastLead = facts.leadSeconds.length - 1;
const memberGrid = facts.member, statisticsGrid = hasStatistics ? facts.statistics : facts.member;
const isPoint = memberGrid.rows.length * memberGrid.columns.length === 1;
const mesh = facts.mesh ? meshOf(facts.mesh) : null;
const isLine = !isPoint && !mesh && (memberGrid.rows.length === 1 || memberGrid.columns.length === 1);
const timeUnit = facts.lastLeadSeconds > 5 * 86400 ? "d" : "h";
const toTime = seconds => seconds / (timeUnit === "d" ? 86400 : 3600);
const state = { variable: 0, view: hasStatistics ? "mean" : "member", member: 0, lead: 0, point: null, playing: null };
let data = null, mapPlace = null, plotPlace = null, style = null;

const slotOf = view => view === "mean" ? meanSlot : view === "spread" ? spreadSlot : firstMemberSlot + state.member;
const currentGrid = () => state.view === "member" ? memberGrid : statisticsGrid;

async function dataOf(variable) {
  if (!decoded.has(variable)) {
    const planes = decodePlanes(await inflate(element(`block-${variable}`).textContent), facts);
    decoded.set(variable, { planes, scales: {
      value: scaleOf(rangeOf([planes[meanSlot], ...planes.slice(firstMemberSlot)]), "value"),
      spread: scaleOf(rangeOf([planes[spreadSlot]]), "spread"),
    } });
  }
  return decoded.get(variable);
}

// A sample of all values over lead times, and the exact least and greatest.
function rangeOf(slots) {
  const planes = slots.flatMap(slot => slot ?? []).filter(plane => plane), sample = [];
  const points = planes.reduce((sum, plane) => sum + plane.codes.length, 0), every = Math.max(1, Math.floor(points / 200000));
  let least = Infinity, most = -Infinity, next = 0;
  for (const plane of planes) {
    const levels = plane.codes instanceof Uint8Array ? 254 : 65534;
    [least, most] = [Math.min(least, plane.offset), Math.max(most, plane.offset + plane.scale * levels)];
    for (; next < plane.codes.length; next += every) sample.push(valueAt(plane, next));
    next -= plane.codes.length;
  }
  return { ...(robustRange(sample) ?? { low: 0, high: 1 }), least, most };
}

// ---------------------------------------------------------------------------------------------------------------- the map

function raster() {
  const grid = currentGrid(), slot = data.planes[slotOf(state.view)] ?? [];
  const shape = { isGlobe: facts.isGlobe, isLine, goesAround: facts.goesAround, values: null };
  if (mesh) {
    const values = slot[state.lead] ? toValues(slot[state.lead]) : new Float32Array(grid.columns.length).fill(NaN);
    return { ...shape, mesh, xs: mesh.xs, ys: mesh.ys, values, xKind: "m", yKind: "m" };
  }
  if (!isLine) {
    const values = slot[state.lead] ? toValues(slot[state.lead]) : new Float32Array(grid.rows.length * grid.columns.length).fill(NaN);
    const [xKind, yKind] = facts.isGlobe ? ["longitude", "latitude"] : [facts.columnUnits, facts.rowUnits];
    return { ...shape, xs: grid.columns, ys: grid.rows, values, xKind, yKind };
  }
  const alongRows = grid.columns.length === 1, xs = alongRows ? [...grid.rows].reverse() : grid.columns;
  const values = new Float32Array(xs.length * (lastLead + 1)).fill(NaN);
  for (let lead = 0; lead <= lastLead; lead++) {
    const plane = slot[lead] ? toValues(slot[lead]) : null;
    if (plane) values.set(alongRows ? plane.reverse() : plane, lead * xs.length);
  }
  const kind = facts.isGlobe ? alongRows ? "latitude" : "longitude" : alongRows ? facts.rowUnits : facts.columnUnits;
  const ys = facts.leadSeconds.map(toTime);
  return { ...shape, goesAround: facts.goesAround && !alongRows, xs, ys, values, xKind: kind, yKind: timeUnit };
}

function drawMapSection() {
  const variable = facts.variables[state.variable], scale = state.view === "spread" ? data.scales.spread : data.scales.value;
  const [row, column] = state.point, count = facts.counts[state.lead];
  const ofMembers = count === facts.members ? `${facts.members} members` : `${count} of ${facts.members} members`;
  const what = state.view === "member" ? `member ${facts.shownMembers[state.member]}` : `ensemble ${state.view} of ${ofMembers}`;
  const field = raster();
  const x = isLine && memberGrid.columns.length === 1 ? memberGrid.rows[row] : memberGrid.columns[column];
  const mark = mesh ? { x: mesh.centres[column][0], y: mesh.centres[column][1] } : { x, y: memberGrid.rows[row] };
  mapPlace = { ...drawMap(element("map"), field, scale, style, coastline,
    { ...mark, lead: toTime(facts.leadSeconds[state.lead]) }), field };
  const unit = drawBar(element("bar"), scale, variable.units, style, mapPlace.frame);
  element("mapTitle").textContent = `${nameOf(variable)}${unit ? `, ${unit}` : ""}: ${what}`;
  element("leadTime").textContent = `lead time ${facts.leadTexts[state.lead]}`;
  const isMissing = !(data.planes[slotOf(state.view)] ?? [])[state.lead];
  element("validTime").textContent = `valid ${momentText(facts.valid[state.lead])}${isMissing ? " \u2013 not committed yet" : ""}`;
  element("map").setAttribute("aria-label", `${isLine ? "points over lead time" : "map"} of ${nameOf(variable)}, ${what}, lead time `
    + `${facts.leadTexts[state.lead]}; arrow keys move the point`);
}

function nameOf(variable) {
  return variable.longName && variable.longName !== variable.name ? `${variable.longName} (${variable.name})` : variable.name;
}

function momentText(moment) {
  return `${moment.replace("T", " ").replace(/:00$/, "")} UTC`;
}

// --------------------------------------------------------------------------------------------------------------- the point

function pointIndex(grid) {
  const [row, column] = state.point;
  return grid.rows.indexOf(memberGrid.rows[row]) * grid.columns.length + grid.columns.indexOf(memberGrid.columns[column]);
}

function drawPointSection() {
  const variable = facts.variables[state.variable], leads = facts.leadSeconds.map((_, lead) => lead);
  const at = pointIndex(memberGrid), atStatistics = pointIndex(statisticsGrid);
  const series = slot => leads.map(lead => valueAt((data.planes[slot] ?? [])[lead], slot < firstMemberSlot ? atStatistics : at));
  const members = facts.shownMembers.map((_, i) => series(firstMemberSlot + i)), mean = hasStatistics ? series(meanSlot) : [];
  plotPlace = { ...drawSpaghetti(element("spaghetti"), {
    members, mean, chosen: state.member, lead: state.lead, times: facts.leadSeconds.map(toTime), lastTime: toTime(facts.lastLeadSeconds),
    timeUnit, units: variable.units,
  }, style), members };
  const unit = plotPlace.unit ? `, ${plotPlace.unit}` : "";
  element("pointTitle").textContent = `${nameOf(variable)}${unit}: ${facts.members > 1 ? "all members" : "over lead time"} at a point`;
  element("pointPlace").textContent = `${placeText()}${isPoint ? "" : " \u2013 choose another on the map"}`;
  element("spaghetti").setAttribute("aria-label", `members over lead time at ${placeText()}; the table below gives the numbers`);
  showValues(members.map(m => m[state.lead]), mean[state.lead], hasStatistics ? series(spreadSlot)[state.lead] : NaN, variable);
  showLegend();
}

function placeText() {
  const [row, column] = state.point.map((i, axis) => (axis === 0 ? memberGrid.rows : memberGrid.columns)[i]);
  if (mesh) return `triangle ${column}`;
  if (facts.isGlobe) return `grid point ${latitudeText(row)} ${longitudeText(column)}`;
  return `grid point x = ${axisTexts(facts.columnUnits, [column])[0]}, y = ${axisTexts(facts.rowUnits, [row])[0]}`;
}

function showValues(members, mean, spread, variable) {
  const known = members.filter(Number.isFinite), rows = [], { power } = plotPlace.format, unit = unitText(variable.units, power);
  const text = value => Number.isFinite(value) ? `${minus(String(Number((value / 10 ** power).toPrecision(4))))} ${unit}` : "missing";
  rows.push(["lead time", facts.leadTexts[state.lead]]);
  if (hasStatistics) rows.push(["mean", text(mean)], ["spread", text(spread)]);
  if (known.length > 1) rows.push(["lowest member", text(Math.min(...known))], ["highest member", text(Math.max(...known))]);
  rows.push([`member ${facts.shownMembers[state.member]}`, text(members[state.member])]);
  element("values").tBodies[0].replaceChildren(...rows.map(([word, value]) => {
    const row = document.createElement("tr"), head = document.createElement("th"), cell = document.createElement("td");
    head.scope = "row";
    [head.textContent, cell.textContent] = [word, value];
    row.append(head, cell);
    return row;
  }));
}

function showLegend() {
  const entries = [[style.selected, `member ${facts.shownMembers[state.member]}`, 3]];
  if (hasStatistics) entries.unshift([style.mean, "mean", 4], [style.member, `${facts.shownMembers.length} members`, 1]);
  element("legend").replaceChildren(...entries.map(([colour, word, thick]) => {
    const entry = document.createElement("span"), stroke = document.createElement("i");
    stroke.style.borderTopColor = colour;
    stroke.style.borderTopWidth = `${thick}px`;
    entry.append(stroke, word);
    return entry;
  }));
}

// Where members differ most at the last lead time: what a reader wants to look at first. Not the poles, where columns crowd.
function defaultPoint() {
  const plane = (data.planes[spreadSlot] ?? []).findLast(p => p), { rows, columns } = memberGrid;
  let best = [Math.floor(rows.length / 2), mesh ? mesh.middle : Math.floor(columns.length / 2)], most = -Infinity;
  for (let row = 0; plane && row < rows.length; row++) {
    for (let column = 0; column < columns.length; column++) {
      state.point = [row, column];
      const area = facts.isGlobe ? Math.cos(rows[row] * Math.PI / 180) : 1;
      const spread = facts.isGlobe && Math.abs(rows[row]) > 75 ? NaN : area * valueAt(plane, pointIndex(statisticsGrid));
      if (spread > most) [best, most] = [[row, column], spread];
    }
  }
  return best;
}

// ----------------------------------------------------------------------------------------------------------------- drawing

function readStyle() {
  const css = getComputedStyle(document.documentElement), colour = name => css.getPropertyValue(`--${name}`).trim();
  const missing = colour("missing");
  style = Object.fromEntries(["page", "text", "quiet", "grid", "member", "selected", "mean"].map(name => [name, colour(name)]));
  style.missing = [1, 3, 5].map(i => parseInt(missing.slice(i, i + 2), 16));
}

function draw() {
  if (!data) return;
  if (!isPoint) drawMapSection();
  drawPointSection();
  element("slider").value = state.lead;
  const valid = momentText(facts.valid[state.lead]);
  element("slider").setAttribute("aria-valuetext", `lead time ${facts.leadTexts[state.lead]}, valid ${valid}`);
  element("playerTime").textContent = facts.leadTexts[state.lead];
  element("member").value = state.member;
  for (const radio of document.getElementsByName("view")) radio.checked = radio.value === state.view;
}

async function chooseVariable(variable) {
  state.variable = variable;
  data = await dataOf(variable);
  state.point ??= defaultPoint();
  draw();
}

function chooseLead(lead) {
  state.lead = Math.min(Math.max(lead, 0), lastLead);
  draw();
}

function chooseMember(member, view = state.view) {
  const count = facts.shownMembers.length;
  [state.member, state.view] = [(member + count) % count, view];
  draw();
}

function play(isOn) {
  clearInterval(state.playing);
  state.playing = isOn ? setInterval(() => chooseLead(state.lead === lastLead ? 0 : state.lead + 1), 350) : null;
  element("play").textContent = isOn ? "\u23f8\ufe0e pause" : "\u25b6\ufe0e play";
  element("play").setAttribute("aria-label", isOn ? "pause" : "play");
}

// ---------------------------------------------------------------------------------------------------------------- controls

function nearest(points, value, goesAround) {
  let best = 0, least = Infinity;
  points.forEach((point, i) => {
    let distance = Math.abs(point - value);
    if (goesAround) distance = Math.min(distance, Math.abs(distance - 360));
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

function onMapPointer(event) {
  const box = element("map").getBoundingClientRect(), { frame, field } = mapPlace;
  const x = (event.clientX - box.left - frame.left) / frame.width, y = (event.clientY - box.top - frame.top) / frame.height;
  if (x < 0 || x > 1 || y < 0 || y > 1) return;
  const column = frame.west + x * (frame.east - frame.west), row = frame.north + y * (frame.south - frame.north);
  if (mesh) {
    state.point = [0, mesh.nearest(column, row)];
  } else if (!isLine) {
    state.point = [nearest(memberGrid.rows, row, false), nearest(memberGrid.columns, column, facts.goesAround)];
  } else {
    const alongRows = memberGrid.columns.length === 1;
    state.point = alongRows ? [nearest(memberGrid.rows, column, false), 0] : [0, nearest(memberGrid.columns, column, facts.goesAround)];
    state.lead = nearest(field.ys, row, false);
  }
  draw();
}

function movePoint(east, north) {
  if (mesh) {
    state.point = [0, mesh.towards(state.point[1], east, north)];
    draw();
    return;
  }
  const { rows, columns } = memberGrid, [row, column] = state.point, alongRows = isLine && columns.length === 1;
  const next = alongRows ? [row - east, 0] : [row - north, column + east];
  if (facts.goesAround) next[1] = (next[1] + columns.length) % columns.length;
  state.point = [Math.min(Math.max(next[0], 0), rows.length - 1), Math.min(Math.max(next[1], 0), columns.length - 1)];
  draw();
}

function onPlotPointer(event) {
  const box = element("spaghetti").getBoundingClientRect(), { x, y, members } = plotPlace;
  state.lead = nearest(facts.leadSeconds.map(seconds => x(toTime(seconds))), event.clientX - box.left, false);
  const heights = members.map(values => Number.isFinite(values[state.lead]) ? y(values[state.lead]) : Infinity);
  chooseMember(nearest(heights, event.clientY - box.top, false));
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input")) return;
  const onMap = event.target === element("map"), moves = {
    ArrowLeft: () => onMap ? movePoint(-1, 0) : chooseLead(state.lead - 1),
    ArrowRight: () => onMap ? movePoint(1, 0) : chooseLead(state.lead + 1),
    ArrowUp: onMap ? () => movePoint(0, 1) : null, ArrowDown: onMap ? () => movePoint(0, -1) : null,
    " ": event.target.matches("button, summary") ? null : () => play(!state.playing),
  };
  if (moves[event.key]) {
    event.preventDefault();
    moves[event.key]();
  }
}

function fill() {
  element("name").textContent = facts.name;
  const members = facts.members === 1 ? "1 member" : `${facts.members} members`;
  element("summary").textContent = `${members} from ${momentText(facts.initial)}, to lead time ${facts.leadTexts[lastLead]}`;
  element("pending").textContent = facts.pending;
  element("pending").hidden = !facts.pending;
  const option = (text, value) => Object.assign(document.createElement("option"), { textContent: text, value });
  element("variable").append(...facts.variables.map((v, i) => option(nameOf(v), i)));
  element("member").append(...facts.shownMembers.map((m, i) => option(m, i)));
  element("slider").max = lastLead;
  element("views").hidden = !hasStatistics;
  element("memberChoice").hidden = facts.members === 1;
  element("mapSection").hidden = isPoint;
  document.querySelector(".columns").classList.toggle("two", !isPoint);
  for (const [word, text] of facts.facts) {
    element("facts").append(Object.assign(document.createElement("dt"), { textContent: word }),
      Object.assign(document.createElement("dd"), { textContent: word === "initial time" ? momentText(text) : text }));
  }
  element("notes").append(...notes().map(text => Object.assign(document.createElement("li"), { textContent: text })));
}

function notes() {
  const steps = grid => grid.bits === 8 ? "254" : "65534";
  const kept = hasStatistics ? `mean and spread to a part in ${steps(facts.statistics)}, members to a part in ${steps(facts.member)}`
    : `to a part in ${steps(facts.member)}`;
  return [
    hasStatistics ? "Mean and spread are taken over the members committed at each lead time; "
      + "spread is the standard deviation (divisor members \u2212 1)." : null,
    "Colours mean the same at all lead times of a variable. A pointed end of the colour bar: some values lie beyond it, "
      + "at most one in a thousand as a rule.",
    mesh ? "Grey: missing. A triangle has one colour: its own value." : "Grey: missing. Between grid points, maps are interpolated linearly.",
    `Values are rounded ${kept} of each field's range; the store has them in full.`,
    ...facts.thinned,
    isLine ? "The grid is a line of points: they are shown against lead time." : null,
    facts.isGlobe && !isLine && !isPoint ? "Coastline: Natural Earth, 1:110 million." : null,
    "Keys: left and right change the lead time, space plays; on the map, arrows move the point.",
  ].filter(text => text);
}

function listen() {
  element("variable").addEventListener("change", event => chooseVariable(Number(event.target.value)).catch(report));
  element("member").addEventListener("change", event => chooseMember(Number(event.target.value), "member"));
  element("previousMember").addEventListener("click", () => chooseMember(state.member - 1, "member"));
  element("nextMember").addEventListener("click", () => chooseMember(state.member + 1, "member"));
  for (const radio of document.getElementsByName("view")) {
    radio.addEventListener("change", () => { state.view = radio.value; draw(); });
  }
  element("slider").addEventListener("input", event => { play(false); chooseLead(Number(event.target.value)); });
  element("earlier").addEventListener("click", () => { play(false); chooseLead(state.lead - 1); });
  element("later").addEventListener("click", () => { play(false); chooseLead(state.lead + 1); });
  element("play").addEventListener("click", () => play(!state.playing));
  element("map").addEventListener("click", onMapPointer);
  element("spaghetti").addEventListener("click", onPlotPointer);
  document.addEventListener("keydown", onKey);
  window.addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readStyle(); draw(); });
}

function report(error) {
  element("problem").textContent = typeof DecompressionStream === "undefined"
    ? "This browser cannot unpack the fields. Open the page in Chrome 80, Firefox 113, Safari 16.4 or anything newer."
    : `The fields cannot be shown: ${error.message}`;
  element("problem").hidden = false;
  console.error(error);
}

readStyle();
fill();
listen();
element("main").hidden = false;
element("variable").value = facts.first;
chooseVariable(facts.first).catch(report).finally(() => { document.documentElement.dataset.ready = "yes"; });
