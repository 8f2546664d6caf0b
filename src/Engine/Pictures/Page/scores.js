// The scores of a variable over lead time against a truth: small charts, and the numbers at the chosen lead time.

// The charts: title, whether in the field's units, values that the axis includes, and lines: name, label, colour,
// width, dashes.
const scoreCharts = [
  { title: "Error and spread", inUnits: true, from: [0], lines: [
    ["rmse_climatology", "RMSE of the climatology", "quiet", 2, [2, 3]], ["rmse_member", "RMSE of a member", "member", 1.6],
    ["spread", "spread", "selected", 2.4], ["rmse", "RMSE of the mean", "mean", 3.2],
  ] },
  { title: "Bias", inUnits: true, from: [0], level: 0, lines: [["bias", "mean less truth", "mean", 3.2]] },
  { title: "CRPS", inUnits: true, from: [0], lines: [
    ["crps", "of this ensemble", "mean", 3.2], ["crps_fair", "fair: of any ensemble size", "member", 1.6],
  ] },
  { title: "Anomaly correlation", from: [0, 1], level: 0, lines: [["acc", "of the mean", "mean", 3.2]] },
  { title: "Spread over error", from: [0, 1], level: 1, lines: [["spread_skill", "1: truth and members alike", "mean", 3.2]] },
];

const chartHeight = 190;
let charts = null;

// The index of the chosen lead time among the scored ones, or -1.
function scoredLead() {
  return facts.scores.leadSeconds.indexOf(facts.leadSeconds[state.lead]);
}

function drawScores() {
  element("scores").hidden = !facts.scores;
  if (!facts.scores) return;
  const variable = facts.variables[state.variable], scores = facts.scores.variables[variable.name];
  element("scoresTitle").textContent = `${nameOf(variable)}: scores`;
  element("charts").hidden = element("scoreValues").hidden = !scores;
  if (!scores) {
    element("scoresOf").textContent = `None of this variable; there are those of ${Object.keys(facts.scores.variables).join(", ")}.`;
    return;
  }
  element("scoresOf").textContent = scoresText();
  charts ??= [...scoreCharts, { title: "Rank histogram" }].map(madeChart);
  for (const chart of charts) {
    const lines = (chart.lines ?? []).filter(([name]) => scores[name]);
    chart.figure.hidden = chart.lines ? lines.length === 0 : !hasStatistics;
    if (chart.figure.hidden) continue;
    if (chart.lines) drawScoreLines(chart, lines, scores, variable);
    else drawHistogram(chart, scores);
  }
  showScores(scores, variable);
}

function scoresText() {
  const { truth, climatology, truth_regridding: regridding, cases } = facts.scores, least = Math.min(...cases ?? [0]);
  const many = cases && Math.max(...cases) > least ? `${least} to ${Math.max(...cases)}` : least;
  return [
    `Against ${truth}, weighted by area`, regridding ? `brought to this grid (${regridding})` : null,
    climatology ? `anomalies from ${climatology}` : null, cases ? `means over ${many} initial time${many === 1 ? "" : "s"}` : null,
  ].filter(text => text).join("; ");
}

function madeChart(chart) {
  const figure = document.createElement("figure"), canvas = document.createElement("canvas");
  const caption = document.createElement("figcaption"), legend = document.createElement("p");
  canvas.setAttribute("role", "img");
  legend.className = "legend";
  figure.append(caption, canvas, legend);
  element("charts").append(figure);
  const made = { ...chart, figure, canvas, caption, legend, place: null };
  const leadAt = event => nearest(
    facts.scores.leadSeconds.map(seconds => made.place.x(toTime(seconds))), event.clientX - canvas.getBoundingClientRect().left, false);
  if (chart.lines) {
    canvas.addEventListener("click", event => chooseLead(nearest(facts.leadSeconds, facts.scores.leadSeconds[leadAt(event)], false)));
    canvas.addEventListener("pointermove", event => hover(event, event.pointerType === "touch" ? null : made.place.words(leadAt(event))));
    canvas.addEventListener("pointerleave", event => hover(event, null));
  }
  return made;
}

function drawScoreLines(chart, lines, scores, variable) {
  const { context, width, height } = prepared(chart.canvas, chartHeight), units = chart.inUnits ? variable.units : "";
  const times = facts.scores.leadSeconds.map(toTime), lastTime = Math.max(toTime(facts.lastLeadSeconds), 1e-9);
  const known = [...chart.from, ...lines.flatMap(([name]) => scores[name])].filter(Number.isFinite);
  const axes = plotAxes(context, width, height, known, { lastTime, timeUnit, dateAt: facts.scores.cases ? () => "" : dateAt }, style);
  const { x, y, format, bottom } = axes, unit = unitText(units, format.power);
  if (chart.level !== undefined) line(context, [[x(0), y(chart.level)], [x(lastTime), y(chart.level)]], style.quiet, 1, [2, 3]);
  const now = x(toTime(facts.leadSeconds[state.lead]));
  line(context, [[now, plotMargin.top], [now, bottom]], style.quiet, 1, [4, 3]);
  for (const [name, , colour, thick, dashes] of lines) {
    const points = scores[name].map((value, i) => Number.isFinite(value) ? [x(times[i]), y(value)] : null);
    line(context, points, style[colour], thick, dashes);
    // A few lead times are drawn as points, so that a single one is visible.
    const isDotted = points.length <= 13 && !(dashes && points.length > 1);
    if (isDotted) points.filter(point => point).forEach(point => dot(context, point, style[colour], thick / 2 + 1.2));
  }
  chart.caption.textContent = `${chart.title}${unit ? `, ${unit}` : ""}`;
  chart.legend.replaceChildren(...[...lines].reverse().map(
    ([, word, colour, thick, dashes]) => legendEntry([style[colour], word, thick, dashes])));
  chart.canvas.setAttribute("aria-label", `${chart.title} over lead time; the table below gives the numbers`);
  const words = lead => lines.map(([name, word]) => `${lines.length > 1 ? `${word} ` : ""}${scoreText(scores[name][lead], units)}`);
  chart.place = { x, words: lead => `${facts.scores.leadTexts[lead]}: ${words(lead).reverse().join(", ")}` };
}

function dot(context, [x, y], colour, radius) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function scoreText(value, units) {
  return Number.isFinite(value) ? `${numberText(value)} ${unitText(units, 0)}`.trim() : "\u2013";
}

// The percentage of the area in which that many members are below the truth.
function drawHistogram(chart, scores) {
  const { context, width, height } = prepared(chart.canvas, chartHeight), lead = scoredLead(), count = facts.members + 1;
  chart.caption.textContent = lead < 0 ? `Rank histogram: no truth at lead time ${facts.leadTexts[state.lead]}`
    : `Rank histogram at lead time ${facts.leadTexts[state.lead]}, %`;
  const shares = lead < 0 ? [] : scores.rank_histogram.slice(lead * count, (lead + 1) * count).map(share => 100 * share);
  const even = 100 / count, series = { lastTime: facts.members, timeUnit: "", dateAt: () => "" };
  const { x, y, bottom } = plotAxes(context, width, height, [0, 2 * even, ...shares], series, style, 0.5);
  const half = (x(1) - x(0)) / 2, gap = half > 3 ? 1 : 0;
  context.fillStyle = style.member;
  shares.forEach((share, rank) => context.fillRect(x(rank) - half + gap, y(share), 2 * (half - gap), bottom - y(share)));
  line(context, [[x(-0.5), y(even)], [x(count - 0.5), y(even)]], style.quiet, 1, [2, 3]);
  chart.legend.replaceChildren("members below the truth; dashed: uniform");
  chart.canvas.setAttribute("aria-label", shares.length === 0 ? chart.caption.textContent
    : `${chart.caption.textContent}: ${shares.map(share => numberText(Number(share.toPrecision(2)))).join(", ")}`);
}

function showScores(scores, variable) {
  const lead = scoredLead(), rows = [["lead time", facts.leadTexts[state.lead]]];
  if (lead < 0) rows.push(["scores", "no truth at this lead time"]);
  for (const { title, inUnits, lines } of lead < 0 ? [] : scoreCharts) {
    for (const [name, word] of [...lines].reverse().filter(([name]) => scores[name])) {
      rows.push([lines.length > 1 && title === "Error and spread" ? word : lines.length > 1 ? `${title} ${word}` : title,
        scoreText(scores[name][lead], inUnits ? variable.units : "")]);
    }
  }
  fillTable("scoreValues", rows);
}
