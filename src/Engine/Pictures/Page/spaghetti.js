// All members at one point over lead time, or their distribution: the mean thick, the chosen member in its own colour.

const plotMargin = { left: 54, right: 12, top: 10, bottom: 42 };

function drawSpaghetti(canvas, series, style) {
  const { context, width, height } = prepared(canvas, Math.max(200, Math.min(340, canvas.clientWidth * 0.62)));
  const values = [...series.members.flat(), ...series.mean].filter(Number.isFinite), times = series.times;
  const { x, y, format, inner } = plotAxes(context, width, height, values, series, style);

  line(context, [[x(times[series.lead]), plotMargin.top], [x(times[series.lead]), plotMargin.top + inner.height]], style.quiet, 1, [4, 3]);
  const path = numbers => numbers.map((value, i) => Number.isFinite(value) ? [x(times[i]), y(value)] : null);
  if (series.isFan) drawFan(context, series.members, times.map(x), y, style);
  context.globalAlpha = series.members.length > 60 ? 0.35 : 0.6;
  if (!series.isFan) series.members.forEach(numbers => line(context, path(numbers), style.member, 1));
  context.globalAlpha = 1;
  line(context, path(series.mean), style.mean, 3.2);
  if (series.members[series.chosen]) {
    line(context, path(series.members[series.chosen]), style.page, 4.2);
    line(context, path(series.members[series.chosen]), style.selected, 2.4);
  }
  return { x, y, unit: unitText(series.units, format.power), format };
}

// The share of members below each edge of the fan.
const fanEdges = [0.05, 0.25, 0.5, 0.75, 0.95];

function quantile(sorted, share) {
  const at = share * (sorted.length - 1), low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
}

function drawFan(context, members, xs, y, style) {
  const edges = xs.map((x, lead) => {
    const known = members.map(m => m[lead]).filter(Number.isFinite).sort((a, b) => a - b);
    return known.length ? { x, heights: fanEdges.map(share => y(quantile(known, share))) } : null;
  }).filter(edge => edge);
  context.fillStyle = style.member;
  for (const [low, high, alpha] of [[0, 4, 0.3], [1, 3, 0.45]]) {
    context.globalAlpha = alpha;
    context.beginPath();
    for (const edge of edges) context.lineTo(edge.x, edge.heights[low]);
    for (const edge of [...edges].reverse()) context.lineTo(edge.x, edge.heights[high]);
    context.fill();
  }
  context.globalAlpha = 1;
  line(context, edges.map(edge => [edge.x, edge.heights[2]]), style.member, 2);
}

function niceTicks(low, high, most) {
  const step = niceStep(high - low, most);
  return multiples(Math.floor(low / step + 1e-6) * step, Math.ceil(high / step - 1e-6) * step, step);
}

// Axes of a plot over lead time that fit given values; `beyond` is a margin at both ends.
function plotAxes(context, width, height, values, series, style, beyond = 0) {
  const inner = { width: width - plotMargin.left - plotMargin.right, height: height - plotMargin.top - plotMargin.bottom };
  let [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
  if (!(high > low)) [low, high] = [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  const ticks = niceTicks(low, high, Math.max(2, inner.height / 45));
  [low, high] = [Math.min(low, ticks[0]), Math.max(high, ticks[ticks.length - 1])];
  const span = Math.max(series.lastTime, 1e-9) + 2 * beyond;
  const x = time => plotMargin.left + inner.width * (time + beyond) / span;
  const y = value => plotMargin.top + inner.height * (high - value) / (high - low);
  return { x, y, inner, bottom: plotMargin.top + inner.height, format: drawPlotAxes(context, inner, x, y, ticks, series, style) };
}

function drawPlotAxes(context, inner, x, y, ticks, series, style) {
  const format = numberFormat(ticks), bottom = plotMargin.top + inner.height;
  context.fillStyle = style.quiet;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of ticks) {
    line(context, [[plotMargin.left, y(tick)], [plotMargin.left + inner.width, y(tick)]], style.grid, 1);
    context.fillText(format.text(tick), plotMargin.left - 6, y(tick));
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  const times = multiples(0, series.lastTime, timeStep(series.lastTime, inner.width / 62)), texts = axisTexts(series.timeUnit, times);
  let dated = -Infinity;
  times.forEach((time, i) => {
    const half = context.measureText(texts[i]).width / 2;
    line(context, [[x(time), bottom], [x(time), bottom + 4]], style.quiet, 1);
    context.fillText(texts[i], Math.min(x(time), plotMargin.left + inner.width + plotMargin.right - half), bottom + 7);
    const date = series.dateAt(time), wide = context.measureText(date).width;
    const middle = Math.min(x(time), plotMargin.left + inner.width + plotMargin.right - wide / 2);
    if (date && middle - wide / 2 > dated + 8) {
      context.fillText(date, middle, bottom + 23);
      dated = middle + wide / 2;
    }
  });
  line(context, [[plotMargin.left, plotMargin.top], [plotMargin.left, bottom], [plotMargin.left + inner.width, bottom]], style.quiet, 1);
  return format;
}

function timeStep(span, most) {
  return [1, 2, 3, 6, 12, 24, 48].find(step => span / step <= most && span >= step) ?? niceStep(span, most);
}

// A null among the points interrupts the line.
function line(context, points, colour, thick, dashes = []) {
  context.strokeStyle = colour;
  context.lineWidth = thick;
  context.lineJoin = "round";
  context.setLineDash(dashes);
  context.beginPath();
  let isDrawing = false;
  for (const point of points) {
    if (point && isDrawing) context.lineTo(...point);
    else if (point) context.moveTo(...point);
    isDrawing = point !== null;
  }
  context.stroke();
  context.setLineDash([]);
  context.lineWidth = 1;
}
