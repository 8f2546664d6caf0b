// The state of the page, and drawing it.

const element = id => document.getElementById(id);
const facts = JSON.parse(element("factsData").textContent);
const coastline = coastlineOf(JSON.parse(element("coastline").textContent));
// The unpacked data of the initial time that is shown, and of each.
let decoded = new Map();
const decodedOf = [decoded];
const hasStatistics = facts.members > 1, lastLead = facts.leadSeconds.length - 1;
const memberGrid = facts.member, statisticsGrid = hasStatistics ? facts.statistics : facts.member;
const isPoint = memberGrid.rows.length * memberGrid.columns.length === 1;
const mesh = facts.mesh ? meshOf(facts.mesh) : null;
const isLine = !isPoint && !mesh && (memberGrid.rows.length === 1 || memberGrid.columns.length === 1);
const timeUnit = facts.lastLeadSeconds > 5 * 86400 ? "d" : "h";
const toTime = seconds => seconds / (timeUnit === "d" ? 86400 : 3600);
const windPair = isLine || isPoint ? null : windOf(facts.variables);
// The last lead time that all members have committed.
const openingLead = Math.max(0, facts.counts.findLastIndex(count => count === facts.members));
// How the chosen field is drawn, unless the reader chooses otherwise.
const asDrawnFirst = {
  map: "flat", isolines: "", wind: false, relief: true, fan: false, threshold: null, low: null, high: null, palette: "",
};
const state = {
  time: 0, variable: 0, view: hasStatistics ? "mean" : "member", member: 0, lead: openingLead, point: null, playing: null,
  centre: [0, 30], side: "above",
  ...asDrawnFirst,
};
let data = null, mapPlace = null, plotPlace = null, style = null;

const slotOf = view => view === "mean" ? meanSlot : view === "spread" ? spreadSlot : firstMemberSlot + state.member;
const gridOfView = view => view === "member" || view === "share" ? memberGrid : statisticsGrid;

async function dataOf(variable) {
  // The reader may choose another time while this one is unpacked.
  const known = decoded, block = state.time * facts.variables.length + variable;
  if (!known.has(variable)) {
    const planes = decodePlanes(await inflate(element(`block-${block}`).textContent), facts);
    known.set(variable, { planes, ranges: {
      value: rangeOf([planes[meanSlot], ...planes.slice(firstMemberSlot)]), spread: rangeOf([planes[spreadSlot]]),
    } });
  }
  return known.get(variable);
}

// The share of values that may lie beyond the colours at each end. Single triangles at a mesh's edge collect what flows there.
const extremeShare = mesh ? 0.01 : 0.001;

// A sample of all values over lead times, and the exact minimum and maximum.
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
  return { ...(robustRange(sample, extremeShare) ?? { low: 0, high: 1 }), least, most };
}

// ---------------------------------------------------------------------------------------------------------------- the map

function currentScale() {
  const kind = state.view === "spread" ? "spread" : "value";
  return state.view === "share" ? shareScale() : scaleOf(data.ranges[kind], kind, state);
}

// The values of a view for a variable at a lead time; null if no member has committed it.
function valuesOf({ planes }, view, lead) {
  if (view === "share") return sharesOf(planes, lead);
  const plane = (planes[slotOf(view)] ?? [])[lead];
  return plane ? toValues(plane) : null;
}

// Whether any member has committed the view's field.
function isCommitted({ planes }, view, lead) {
  const slots = view === "share" ? planes.slice(firstMemberSlot) : [planes[slotOf(view)]];
  return slots.some(slot => (slot ?? [])[lead]);
}

// The percentage of the shown members above or below the threshold.
function sharesOf(planes, lead) {
  const members = planes.slice(firstMemberSlot).map(slot => (slot ?? [])[lead]).filter(plane => plane);
  if (members.length === 0) return null;
  const beyond = new Float32Array(members[0].codes.length), known = new Float32Array(beyond.length);
  for (const values of members.map(toValues)) {
    values.forEach((value, i) => {
      known[i] += Number.isFinite(value);
      beyond[i] += Number.isFinite(value) && isBeyond(value);
    });
  }
  return beyond.map((count, i) => known[i] > 0 ? 100 * count / known[i] : NaN);
}

function isBeyond(value) {
  return state.side === "above" ? value > state.threshold : value < state.threshold;
}

function fieldOf(variable, view) {
  const grid = gridOfView(view), points = grid.rows.length * grid.columns.length;
  const at = lead => valuesOf(variable, view, lead) ?? new Float32Array(points).fill(NaN);
  const shape = { isGlobe: facts.isGlobe, isLine, goesAround: facts.goesAround };
  if (mesh) return { ...shape, mesh, xs: mesh.xs, ys: mesh.ys, values: at(state.lead), xKind: "m", yKind: "m" };
  if (!isLine) {
    const [xKind, yKind] = facts.isGlobe ? ["longitude", "latitude"] : [facts.columnUnits, facts.rowUnits];
    return { ...shape, xs: grid.columns, ys: grid.rows, values: at(state.lead), xKind, yKind };
  }
  const alongRows = grid.columns.length === 1, xs = alongRows ? [...grid.rows].reverse() : grid.columns;
  const values = new Float32Array(xs.length * (lastLead + 1));
  for (let lead = 0; lead <= lastLead; lead++) values.set(alongRows ? at(lead).reverse() : at(lead), lead * xs.length);
  const kind = facts.isGlobe ? alongRows ? "latitude" : "longitude" : alongRows ? facts.rowUnits : facts.columnUnits;
  const ys = facts.leadSeconds.map(toTime);
  return { ...shape, goesAround: facts.goesAround && !alongRows, xs, ys, values, xKind: kind, yKind: timeUnit };
}

// The layers over the colours: of the shown member, otherwise of the mean.
function layers() {
  const view = state.view === "member" || !hasStatistics ? "member" : "mean", of = i => fieldOf(decoded.get(i), view);
  const most = i => Math.max(Math.abs(decoded.get(i).ranges.value.low), Math.abs(decoded.get(i).ranges.value.high));
  return {
    map: state.map, centre: state.map === "north" ? [0, 90] : state.map === "south" ? [0, -90] : state.centre, relief: state.relief,
    wind: state.wind && windPair
      ? { east: of(windPair.u), north: of(windPair.v), strongest: Math.hypot(most(windPair.u), most(windPair.v)) } : null,
    isolines: state.isolines === "" ? null
      : { field: of(state.isolines), scale: scaleOf(decoded.get(state.isolines).ranges.value, "value") },
  };
}

function drawMapSection() {
  const variable = facts.variables[state.variable], scale = currentScale(), field = fieldOf(data, state.view);
  const [row, column] = state.point, x = isLine && memberGrid.columns.length === 1 ? memberGrid.rows[row] : memberGrid.columns[column];
  const mark = mesh ? { x: mesh.centres[column][0], y: mesh.centres[column][1] } : { x, y: memberGrid.rows[row] };
  const lead = toTime(facts.leadSeconds[state.lead]), over = layers();
  const place = drawMap(element("map"), field, scale, style, coastline, { ...mark, lead }, over);
  mapPlace = { ...place, field, scale };
  const unit = drawBar(element("bar"), scale, unitsShown(), style, place.frame);
  element("mapTitle").textContent = `${nameOf(variable)}${unit ? `, ${unit}` : ""}: ${whatIsShown()}`;
  element("leadTime").textContent = `lead time ${facts.leadTexts[state.lead]}`;
  element("layers").textContent = layersText(over);
  const isMissing = !isCommitted(data, state.view, state.lead);
  element("validTime").textContent = `valid ${momentText(facts.valid[state.lead])}${isMissing ? " \u2013 not committed yet" : ""}`;
  element("map").setAttribute("aria-label", `${isLine ? "points over lead time" : "map"} of ${nameOf(variable)}, ${whatIsShown()}, `
    + `lead time ${facts.leadTexts[state.lead]}; arrow keys move the point`);
}

function whatIsShown() {
  const count = facts.counts[state.lead], shown = facts.shownMembers.length;
  if (state.view === "member") return `member ${facts.shownMembers[state.member]}`;
  if (state.view === "share") {
    const unit = unitText(facts.variables[state.variable].units, 0);
    return `share of ${shown} members ${state.side} ${numberText(state.threshold)} ${unit}`.trim();
  }
  return `ensemble ${state.view} of ${count === facts.members ? "" : `${count} of `}${facts.members} members`;
}

function layersText({ isolines: lines, wind }) {
  const words = [], unit = i => unitText(facts.variables[i].units, 0);
  if (lines) {
    words.push(`Isolines: ${nameOf(facts.variables[state.isolines])}, every ${numberText(lines.scale.step)} ${unit(state.isolines)}.`);
  }
  if (wind) {
    const [u, v] = [windPair.u, windPair.v].map(i => facts.variables[i].name);
    words.push(`Arrows: ${u}, ${v}; the longest ${numberText(wind.strongest)} ${unit(windPair.u)}.`);
  }
  return words.join(" ");
}

function unitsShown() {
  return state.view === "share" ? "%" : facts.variables[state.variable].units;
}

function numberText(value) {
  return minus(String(Number(value.toPrecision(4))));
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
    timeUnit, units: variable.units, isFan: state.fan, dateAt,
  }, style), members };
  const unit = plotPlace.unit ? `, ${plotPlace.unit}` : "";
  const what = facts.members === 1 ? "over lead time" : state.fan ? "quantiles" : "all members";
  element("pointTitle").textContent = `${nameOf(variable)}${unit}: ${what} at a point`;
  element("pointPlace").textContent = `${placeText()}${isPoint ? "" : " \u2013 choose another on the map"}`;
  element("spaghetti").setAttribute("aria-label", `members over lead time at ${placeText()}; the table below gives the numbers`);
  showValues(members.map(m => m[state.lead]), mean[state.lead], hasStatistics ? series(spreadSlot)[state.lead] : NaN, variable);
  showLegend();
}

// The date at a time of the plot; with the hour if lead times are in hours.
function dateAt(time) {
  const lead = facts.leadSeconds.findIndex(seconds => Math.abs(toTime(seconds) - time) < 1e-9);
  return lead < 0 ? "" : facts.valid[lead].slice(5, timeUnit === "d" ? 10 : 16).replace("T", "\u2002");
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
  if (state.view === "share") {
    rows.push([`members ${state.side} ${numberText(state.threshold)}`, `${known.filter(isBeyond).length} of ${known.length}`]);
  }
  rows.push([`member ${facts.shownMembers[state.member]}`, text(members[state.member])]);
  fillTable("values", rows);
}

function fillTable(id, rows) {
  element(id).tBodies[0].replaceChildren(...rows.map(([word, value]) => {
    const row = document.createElement("tr"), head = document.createElement("th"), cell = document.createElement("td");
    head.scope = "row";
    [head.textContent, cell.textContent] = [word, value];
    row.append(head, cell);
    return row;
  }));
}

function showLegend() {
  const entries = [[style.selected, `member ${facts.shownMembers[state.member]}`, 3]];
  const others = state.fan ? ["median; shaded: 25\u201375 % and 5\u201395 %", 2] : [`${facts.shownMembers.length} members`, 1];
  if (hasStatistics) entries.unshift([style.mean, "mean", 4], [style.member, ...others]);
  element("legend").replaceChildren(...entries.map(legendEntry));
}

function legendEntry([colour, word, thick, dashes]) {
  const entry = document.createElement("span"), stroke = document.createElement("i");
  stroke.style.borderTopColor = colour;
  stroke.style.borderTopWidth = `${thick}px`;
  if (dashes) stroke.style.borderTopStyle = "dotted";
  entry.append(stroke, word);
  return entry;
}

// Where members differ most at the last lead time, a good first look. Not the poles, where columns crowd.
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
  drawScores();
  element("slider").value = state.lead;
  const valid = momentText(facts.valid[state.lead]);
  element("slider").setAttribute("aria-valuetext", `lead time ${facts.leadTexts[state.lead]}, valid ${valid}`);
  element("playerTime").textContent = facts.leadTexts[state.lead];
  element("member").value = state.member;
  element("initial").value = state.time;
  showChoices();
  for (const radio of document.getElementsByName("view")) radio.checked = radio.value === state.view;
}

async function chooseVariable(variable) {
  const { time } = state, found = await dataOf(variable);
  if (time !== state.time) return;
  data = found;
  if (variable !== state.variable) [state.low, state.high, state.threshold] = [null, null, null];
  state.variable = variable;
  state.point ??= defaultPoint();
  await drawLayers();
}

// With several initial times, each has its own fields, valid times and committed members.
async function chooseTime(time) {
  const count = facts.times.length;
  state.time = (time + count) % count;
  decoded = decodedOf[state.time] ??= new Map();
  Object.assign(facts, facts.times[state.time]);
  showRun();
  await chooseVariable(state.variable);
}

function chooseView(view) {
  if ((view === "spread") !== (state.view === "spread")) [state.low, state.high] = [null, null];
  state.view = view;
  draw();
}

// A wind and isolines may need variables that are not unpacked yet.
async function drawLayers() {
  const needed = [...(state.wind && windPair ? [windPair.u, windPair.v] : []), ...(state.isolines === "" ? [] : [state.isolines])];
  const { time } = state;
  for (const variable of needed) await dataOf(variable);
  if (time !== state.time) return;
  // At three quarters of the scale.
  if (state.threshold === null) {
    const { low, high } = data.ranges.value, step = niceStep(Math.max(high - low, 1e-30), 20);
    state.threshold = Number((Math.round((low + 0.75 * (high - low)) / step) * step).toPrecision(12));
  }
  draw();
}

function chooseLead(lead) {
  state.lead = Math.min(Math.max(lead, 0), lastLead);
  draw();
}

function chooseMember(member, view = state.view) {
  const count = facts.shownMembers.length;
  state.member = (member + count) % count;
  chooseView(view);
}

function play(isOn) {
  clearInterval(state.playing);
  state.playing = isOn ? setInterval(() => chooseLead(state.lead === lastLead ? 0 : state.lead + 1), 350) : null;
  element("play").textContent = isOn ? "\u23f8\ufe0e pause" : "\u25b6\ufe0e play";
  element("play").setAttribute("aria-label", isOn ? "pause" : "play");
}
