// Layers over the colours of a map: isolines, and wind arrows.

// Marching squares on the grid's points: for each level the segments of its line, as pairs of positions.
function isolines(field, levels) {
  const { xs, ys, values } = field, width = xs.length, last = field.goesAround ? width : width - 1, found = levels.map(() => []);
  for (let row = 0; row + 1 < ys.length; row++) {
    for (let column = 0; column < last; column++) {
      const next = (column + 1) % width, east = next === 0 ? xs[0] + 360 : xs[next];
      const corners = [[xs[column], ys[row], values[row * width + column]], [east, ys[row], values[row * width + next]],
        [east, ys[row + 1], values[(row + 1) * width + next]], [xs[column], ys[row + 1], values[(row + 1) * width + column]]];
      const least = Math.min(...corners.map(c => c[2])), most = Math.max(...corners.map(c => c[2]));
      if (!(least <= most)) continue;
      levels.forEach((level, i) => {
        if (level <= least || level > most) return;
        const cuts = [];
        for (let side = 0; side < 4; side++) {
          const [from, to] = [corners[side], corners[(side + 1) % 4]];
          if ((from[2] < level) === (to[2] < level)) continue;
          const part = (level - from[2]) / (to[2] - from[2]);
          cuts.push([from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])]);
        }
        for (let cut = 0; cut + 1 < cuts.length; cut += 2) {
          found[i].push([cuts[cut], cuts[cut + 1]]);
          // Segments across the seam are drawn at both edges of a flat map.
          if (next === 0) found[i].push([cuts[cut], cuts[cut + 1]].map(([x, y]) => [x - 360, y]));
        }
      });
    }
  }
  return found;
}

function drawIsolines(context, place, field, scale) {
  const levels = Array.from({ length: scale.bands + 1 }, (_, i) => Number((scale.low + i * scale.step).toPrecision(12)));
  const format = numberFormat(levels), labelled = [];
  isolines(field, levels).forEach((pieces, i) => {
    const isZero = levels[i] === 0 && scale.isSigned;
    context.beginPath();
    for (const piece of pieces) tracePlaces(context, place, piece);
    for (const [colour, thick] of [["rgba(255, 255, 255, 0.5)", 2.6], ["rgba(0, 0, 0, 0.8)", isZero ? 1.8 : 1]]) {
      context.strokeStyle = colour;
      context.lineWidth = thick;
      context.setLineDash(levels[i] < 0 && scale.isSigned ? [5, 3] : []);
      context.stroke();
    }
    if (i % 2 === 0) labelled.push(...labelsOf(place, pieces, labelled).map(at => ({ at, text: format.text(levels[i]) })));
  });
  context.setLineDash([]);
  context.lineWidth = 3;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { at, text } of labelled) {
    context.strokeStyle = "rgba(255, 255, 255, 0.85)";
    context.strokeText(text, ...at);
    context.fillStyle = "#000000";
    context.fillText(text, ...at);
  }
  context.lineWidth = 1;
}

// Positions of labels: some distance from each other, and from the edge.
function labelsOf(place, pieces, others) {
  const { frame } = place, taken = others.map(o => o.at), mine = [];
  for (const [[x, y]] of pieces) {
    const at = place.toScreen(x, y);
    const [right, bottom] = [frame.left + frame.width, frame.top + frame.height];
    if (!at || at[0] < frame.left + 20 || at[0] > right - 20 || at[1] < frame.top + 12 || at[1] > bottom - 12) continue;
    const isFree = (list, far) => list.every(o => Math.hypot(o[0] - at[0], o[1] - at[1]) > far);
    if (isFree(taken, 46) && isFree(mine, 190)) mine.push(at);
  }
  return mine;
}

// Variables that form a wind: uX and vX with one unit.
function windOf(variables) {
  for (let u = 0; u < variables.length; u++) {
    if (!/^u/i.test(variables[u].name)) continue;
    const other = (variables[u].name[0] === "u" ? "v" : "V") + variables[u].name.slice(1);
    const v = variables.findIndex(variable => variable.name === other && variable.units === variables[u].units);
    if (v >= 0) return { u, v };
  }
  return null;
}

// Arrows on a regular grid of the screen; the longest is the strongest wind of all lead times.
function drawArrows(context, place, east, north, strongest) {
  const { frame } = place, every = 26, longest = every * 1.25, sampleEast = sampler(east), sampleNorth = sampler(north);
  context.fillStyle = "rgba(0, 0, 0, 0.9)";
  for (let py = frame.top + every / 2; py < frame.top + frame.height; py += every) {
    for (let px = frame.left + every / 2; px < frame.left + frame.width; px += every) {
      const at = place.toData(px, py);
      if (!at) continue;
      const [u, v] = [sampleEast(...at), sampleNorth(...at)], speed = Math.hypot(u, v);
      if (!(speed > 0.02 * strongest)) continue;
      // The direction on the map is that of a small step on the ground.
      const shrink = east.isGlobe ? Math.max(0.05, Math.cos(at[1] * radian)) : 1;
      const step = east.isGlobe ? 0.2 : (frame.east - frame.west) / 500;
      const there = place.toScreen(at[0] + step * u / speed / shrink, at[1] + step * v / speed), here = place.toScreen(...at);
      if (!there || !here) continue;
      arrow(context, here, Math.atan2(there[1] - here[1], there[0] - here[0]), Math.max(5, longest * speed / strongest));
    }
  }
  context.lineWidth = 1;
}

function arrow(context, [x, y], angle, length) {
  const [dx, dy] = [Math.cos(angle) * length / 2, Math.sin(angle) * length / 2], head = Math.min(6, 1.5 + length / 5);
  context.beginPath();
  context.moveTo(x - dx, y - dy);
  context.lineTo(x + dx, y + dy);
  for (const [colour, thick] of [["rgba(255, 255, 255, 0.6)", 3], ["rgba(0, 0, 0, 0.9)", 1.2]]) {
    context.strokeStyle = colour;
    context.lineWidth = thick;
    context.stroke();
  }
  context.beginPath();
  context.moveTo(x + dx, y + dy);
  for (const side of [2.6, -2.6]) context.lineTo(x + dx + head * Math.cos(angle + side), y + dy + head * Math.sin(angle + side));
  context.fill();
}
