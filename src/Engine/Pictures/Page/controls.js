// Input: pointers, keys, choices; the address that keeps a view, and saving the map as an image.

function nearest(points, value, goesAround) {
  let best = 0, least = Infinity;
  points.forEach((point, i) => {
    let distance = Math.abs(point - value);
    if (goesAround) distance = Math.min(distance, Math.abs(distance - 360));
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

// The pointer's position on a canvas, in its pixels.
function placeOn(canvas, event) {
  const box = element(canvas).getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function onMapPointer(event) {
  const at = mapPlace.toData(...placeOn("map", event));
  if (!at || hasTurned) return;
  const [column, row] = at;
  if (mesh) {
    state.point = [0, mesh.nearest(column, row)];
  } else if (!isLine) {
    state.point = [nearest(memberGrid.rows, row, false), nearestColumn(memberGrid.columns, column)];
  } else {
    const alongRows = memberGrid.columns.length === 1;
    state.point = alongRows ? [nearest(memberGrid.rows, column, false), 0] : [0, nearestColumn(memberGrid.columns, column)];
    state.lead = nearest(mapPlace.field.ys, row, false);
  }
  draw();
}

function nearestColumn(columns, longitude) {
  if (!facts.goesAround) return nearest(columns, longitude, false);
  return nearest(columns, ((longitude - columns[0]) % 360 + 360) % 360 + columns[0], true);
}

// Dragging turns the globe; the release of a drag does not choose a point.
let hasTurned = false;

function onGlobeHeld(event) {
  hasTurned = false;
  if (state.map !== "globe") return;
  const from = [event.clientX, event.clientY], centre = [...state.centre];
  const turn = moved => {
    const [dx, dy] = [moved.clientX - from[0], moved.clientY - from[1]];
    if (!hasTurned && Math.hypot(dx, dy) < 5) return;
    hasTurned = true;
    const perPixel = 60 / mapPlace.radius;
    state.centre = [(centre[0] - dx * perPixel) % 360, Math.min(Math.max(centre[1] + dy * perPixel, -90), 90)];
    requestAnimationFrame(draw);
  };
  const drop = () => { window.removeEventListener("pointermove", turn); window.removeEventListener("pointerup", drop); };
  window.addEventListener("pointermove", turn);
  window.addEventListener("pointerup", drop);
}

function onMapHover(event) {
  const at = event.pointerType === "touch" ? null : mapPlace?.toData(...placeOn("map", event));
  if (!at) return hover(event, null);
  const { field } = mapPlace, [column, row] = at, i = mesh ? mesh.at(column, row)
    : nearest(field.ys, row, false) * field.xs.length + (isLine ? nearest(field.xs, column, false) : nearestColumn(field.xs, column));
  if (mesh && i < 0) return hover(event, null);
  const value = field.values[i], width = field.xs.length, [x, y] = [field.xs[i % width], field.ys[Math.floor(i / width)]];
  const where = mesh ? `triangle ${i}` : field.isLine ? axisTexts(field.xKind, [x])[0]
    : facts.isGlobe ? `${latitudeText(y)} ${longitudeText(x)}`
      : `x = ${axisTexts(field.xKind, [x])[0]}, y = ${axisTexts(field.yKind, [y])[0]}`;
  return hover(event, `${where}: ${valueText(value)}`);
}

function valueText(value) {
  return Number.isFinite(value) ? `${numberText(value)} ${unitText(unitsShown(), 0)}` : "missing";
}

function onPlotHover(event) {
  const [px] = placeOn("spaghetti", event), { x, members } = plotPlace;
  const lead = nearest(facts.leadSeconds.map(seconds => x(toTime(seconds))), px, false);
  const known = members.map(values => values[lead]).filter(Number.isFinite), variable = facts.variables[state.variable];
  const range = known.length === 0 ? "not committed yet" : known.length === 1 ? `${numberText(known[0])}`
    : `${numberText(Math.min(...known))} to ${numberText(Math.max(...known))}`;
  const words = `${facts.leadTexts[lead]}, ${momentText(facts.valid[lead])}: ${range} ${unitText(variable.units, 0)}`;
  hover(event, event.pointerType === "touch" ? null : words);
}

// Text beside the pointer; hidden if there is none.
function hover(event, words) {
  const box = element("hover");
  box.hidden = !words;
  if (!words) return;
  box.textContent = words;
  box.style.left = `${Math.max(4, Math.min(event.clientX + 14, document.documentElement.clientWidth - box.offsetWidth - 6))}px`;
  box.style.top = `${event.clientY + 18}px`;
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
  const [px, py] = placeOn("spaghetti", event), { x, y, members } = plotPlace;
  state.lead = nearest(facts.leadSeconds.map(seconds => x(toTime(seconds))), px, false);
  const heights = members.map(values => Number.isFinite(values[state.lead]) ? y(values[state.lead]) : Infinity);
  chooseMember(nearest(heights, py, false));
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
  const option = (text, value) => Object.assign(document.createElement("option"), { textContent: text, value });
  element("variable").append(...facts.variables.map((v, i) => option(nameOf(v), i)));
  element("member").append(...facts.shownMembers.map((m, i) => option(m, i)));
  element("initialChoice").hidden = !facts.times;
  element("initial").append(...(facts.times ?? []).map((time, i) => option(momentText(time.initial), i)));
  element("slider").max = lastLead;
  element("isolines").append(...facts.variables.map((v, i) => option(nameOf(v), i)));
  const isMap = !isPoint && !isLine;
  element("projectionChoice").hidden = !isMap || !facts.isGlobe || !facts.goesAround;
  element("isolinesChoice").hidden = !isMap || Boolean(mesh);
  element("windChoice").hidden = !windPair;
  element("reliefChoice").hidden = !mesh?.light;
  element("fanChoice").hidden = facts.members < 3;
  element("views").hidden = !hasStatistics;
  element("memberChoice").hidden = facts.members === 1;
  element("mapSection").hidden = isPoint;
  document.querySelector(".columns").classList.toggle("two", !isPoint);
  showRun();
  element("notes").append(...notes().map(text => Object.assign(document.createElement("li"), { textContent: text })));
}

// The description of the run and of the initial time that is shown.
function showRun() {
  const members = facts.members === 1 ? "1 member" : `${facts.members} members`;
  element("summary").textContent = `${members} from ${momentText(facts.initial)}, to lead time ${facts.leadTexts[lastLead]}`;
  element("pending").textContent = facts.pending;
  element("pending").hidden = !facts.pending;
  element("facts").replaceChildren(...facts.facts.flatMap(([word, text]) => [
    Object.assign(document.createElement("dt"), { textContent: word }),
    Object.assign(document.createElement("dd"), { textContent: word === "initial time" ? momentText(text) : text }),
  ]));
}

function notes() {
  const steps = grid => grid.bits === 8 ? "254" : "65534";
  const kept = hasStatistics ? `mean and spread to a part in ${steps(facts.statistics)}, members to a part in ${steps(facts.member)}`
    : `to a part in ${steps(facts.member)}`;
  return [
    hasStatistics ? "Mean and spread are taken over the members committed at each lead time; "
      + "spread is the standard deviation (divisor members \u2212 1)." : null,
    "Colours mean the same at all lead times of a variable. A pointed end of the colour bar: some values lie beyond it, "
      + `at most one in ${1 / extremeShare} at each end as a rule.`,
    mesh ? "Grey: missing. A triangle has one colour: its own value."
      : "Grey: missing. Between grid points, maps are interpolated linearly.",
    `Values are rounded ${kept} of each field's range; the store has them in full.`,
    ...facts.thinned,
    isLine ? "The grid is a line of points: they are shown against lead time." : null,
    hasStatistics ? "Probability: how many of the members shown are above or below the value that you give, in a hundred." : null,
    mesh?.light ? "Relief: slopes that a sun in the north-west does not reach are darker; switch it off to compare colours." : null,
    windPair ? "Arrows: as long as the wind is strong, along the wind on the ground; of the member shown, else of the mean." : null,
    facts.isGlobe && !isLine && !isPoint ? "Coastline: Natural Earth, 1:110 million." : null,
    "Keys: left and right change the lead time, space plays; on the map, arrows move the point.",
  ].filter(text => text);
}

function listen() {
  element("variable").addEventListener("change", event => chooseVariable(Number(event.target.value)).catch(report));
  element("member").addEventListener("change", event => chooseMember(Number(event.target.value), "member"));
  element("initial").addEventListener("change", event => chooseTime(Number(event.target.value)).catch(report));
  element("previousTime").addEventListener("click", () => chooseTime(state.time - 1).catch(report));
  element("nextTime").addEventListener("click", () => chooseTime(state.time + 1).catch(report));
  element("previousMember").addEventListener("click", () => chooseMember(state.member - 1, "member"));
  element("nextMember").addEventListener("click", () => chooseMember(state.member + 1, "member"));
  for (const radio of document.getElementsByName("view")) {
    radio.addEventListener("change", () => chooseView(radio.value));
  }
  element("slider").addEventListener("input", event => { play(false); chooseLead(Number(event.target.value)); });
  element("earlier").addEventListener("click", () => { play(false); chooseLead(state.lead - 1); });
  element("later").addEventListener("click", () => { play(false); chooseLead(state.lead + 1); });
  element("play").addEventListener("click", () => play(!state.playing));
  listenToChoices();
  element("map").addEventListener("click", onMapPointer);
  element("map").addEventListener("pointerdown", onGlobeHeld);
  element("map").addEventListener("pointermove", onMapHover);
  element("spaghetti").addEventListener("pointermove", onPlotHover);
  for (const canvas of ["map", "spaghetti"]) element(canvas).addEventListener("pointerleave", event => hover(event, null));
  element("spaghetti").addEventListener("click", onPlotPointer);
  document.addEventListener("keydown", onKey);
  window.addEventListener("resize", draw);
  const coloured = () => { readStyle(); draw(); };
  element("theme").value = theme.chosen;
  element("theme").addEventListener("change", event => { theme.choose(event.target.value); coloured(); });
  theme.listen(() => { element("theme").value = theme.chosen; coloured(); });
}

function listenToChoices() {
  const drawn = () => drawLayers().catch(report);
  const number = id => element(id).value.trim() === "" ? null : Number(element(id).value);
  element("projection").addEventListener("change", event => {
    state.map = event.target.value;
    const [row, column] = state.point;
    state.centre = [memberGrid.columns[column], memberGrid.rows[row]];
    draw();
  });
  element("isolines").addEventListener("change", event => {
    state.isolines = event.target.value === "" ? "" : Number(event.target.value);
    drawn();
  });
  for (const id of ["wind", "relief", "fan"]) {
    element(id).addEventListener("change", event => { state[id] = event.target.checked; drawn(); });
  }
  element("palette").addEventListener("change", event => { state.palette = event.target.value; draw(); });
  for (const id of ["low", "high"]) element(id).addEventListener("change", () => { state[id] = number(id); draw(); });
  element("side").addEventListener("change", event => { state.side = event.target.value; draw(); });
  element("threshold").addEventListener("change", () => { state.threshold = number("threshold"); drawn(); });
  element("reset").addEventListener("click", () => {
    Object.assign(state, asDrawnFirst);
    drawn();
  });
  element("save").addEventListener("click", savePicture);
  window.addEventListener("hashchange", () => {
    if (location.hash !== element("link").getAttribute("href")) chooseByAddress().catch(report);
  });
}

// Sets the controls to the state.
function showChoices() {
  const scale = currentScale();
  element("thresholdChoice").hidden = element("thresholdUnit").hidden = state.view !== "share";
  element("thresholdUnit").textContent = unitText(facts.variables[state.variable].units, 0);
  // Text that is being typed is left alone.
  const show = (id, value) => { if (document.activeElement !== element(id) || element(id).matches("select")) element(id).value = value; };
  for (const id of ["side", "threshold", "palette", "isolines"]) show(id, state[id]);
  element("projection").value = state.map;
  for (const id of ["wind", "relief", "fan"]) element(id).checked = state[id];
  for (const id of ["low", "high"]) {
    show(id, scale[id]);
    element(id).disabled = state.view === "share";
  }
  element("palette").disabled = state.view === "share";
  element("link").href = addressOf();
}

// ------------------------------------------------------------------------------------------------- an address, and a picture

// Everything that makes a view, in the address's fragment.
function addressOf() {
  const { map, side, threshold, low, high, palette, wind, relief, fan } = state, name = i => facts.variables[i].name;
  const all = {
    initial: facts.times ? facts.initial : null, variable: name(state.variable), show: state.view,
    member: facts.shownMembers[state.member], lead: facts.leadSeconds[state.lead],
    at: state.point.join(","), map: map === "flat" ? null : map,
    centre: map === "globe" ? state.centre.map(c => c.toFixed(1)).join(",") : null,
    isolines: state.isolines === "" ? null : name(state.isolines), wind: wind || null, relief: relief ? null : false, fan: fan || null,
    side: state.view === "share" ? side : null, threshold: state.view === "share" ? threshold : null, low, high, palette: palette || null,
  };
  return `#${new URLSearchParams(Object.entries(all).filter(([, value]) => value !== null))}`;
}

// Takes from an address what this page has; keeps its own state for the rest.
async function chooseByAddress() {
  const asked = new URLSearchParams(location.hash.slice(1)), text = key => asked.get(key) ?? "";
  const number = key => text(key) === "" || !Number.isFinite(Number(text(key))) ? null : Number(text(key));
  const oneOf = (key, words) => words.includes(text(key)) ? text(key) : null;
  const time = (facts.times ?? []).findIndex(t => t.initial === text("initial"));
  if (time >= 0) await chooseTime(time);
  const variable = facts.variables.findIndex(v => v.name === text("variable"));
  await chooseVariable(variable < 0 ? facts.first : variable);
  const lead = facts.leadSeconds.indexOf(number("lead")), member = facts.shownMembers.indexOf(number("member"));
  const point = text("at").split(",").map(Number), isThere = (i, axis) => Number.isInteger(i) && i >= 0 && i < axis.length;
  const centre = text("centre").split(",").map(Number), lines = facts.variables.findIndex(v => v.name === text("isolines"));
  Object.assign(state, {
    lead: lead < 0 ? state.lead : lead, member: member < 0 ? state.member : member,
    point: point.length === 2 && isThere(point[0], memberGrid.rows) && isThere(point[1], memberGrid.columns) ? point : state.point,
    view: (hasStatistics ? oneOf("show", ["mean", "spread", "member", "share"]) : null) ?? state.view,
    map: element("projectionChoice").hidden ? "flat" : oneOf("map", ["globe", "north", "south"]) ?? "flat",
    centre: centre.length === 2 && centre.every(Number.isFinite) ? centre : state.centre,
    isolines: lines < 0 || element("isolinesChoice").hidden ? "" : lines,
    wind: text("wind") === "true" && windPair !== null, relief: text("relief") !== "false", fan: text("fan") === "true",
    side: oneOf("side", ["above", "below"]) ?? state.side, threshold: number("threshold") ?? state.threshold,
    low: number("low"), high: number("high"), palette: oneOf("palette", Object.keys(palettes)) ?? "",
  });
  element("more").open = ["map", "isolines", "wind", "fan", "low", "high", "palette", "relief"].some(key => asked.has(key));
  element("variable").value = state.variable;
  await drawLayers();
}

// The map with its title and colour bar as a file; of a single point, the plot.
function savePicture() {
  const shown = isPoint ? ["spaghetti"] : ["map", "bar"], canvases = shown.map(element), ratio = window.devicePixelRatio || 1;
  const heading = 58 * ratio, picture = document.createElement("canvas");
  picture.width = Math.max(...canvases.map(c => c.width));
  picture.height = heading + canvases.reduce((sum, c) => sum + c.height, 0);
  const context = picture.getContext("2d"), family = getComputedStyle(document.body).fontFamily;
  context.fillStyle = style.page;
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = style.text;
  const lines = isPoint ? [element("pointTitle").textContent, facts.name]
    : [element("mapTitle").textContent, `${element("leadTime").textContent}, ${element("validTime").textContent} \u2013 ${facts.name}`];
  lines.forEach((text, i) => {
    context.font = `${i === 0 ? 600 : 400} ${(i === 0 ? 17 : 14) * ratio}px ${family}`;
    context.fillText(text, 8 * ratio, (24 + 22 * i) * ratio, picture.width - 16 * ratio);
  });
  canvases.reduce((top, canvas) => { context.drawImage(canvas, 0, top); return top + canvas.height; }, heading);
  picture.toBlob(blob => {
    const of = facts.times ? [facts.initial.replace(/:/g, "")] : [];
    const name = [facts.name, ...of, facts.variables[state.variable].name, facts.leadTexts[state.lead].replace(/\W+/g, "")].join("-");
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${name}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }, "image/png");
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
chooseByAddress().catch(report).finally(() => { document.documentElement.dataset.ready = "yes"; });
