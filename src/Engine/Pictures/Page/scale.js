// Colour scales that readers with any colour vision can tell apart, round numbers, and the colour bar.
// viridis: van der Walt and Smith (matplotlib); cividis: Nuñez, Anderton and Renslow 2018; vik: Crameri 2018;
// blues: Brewer 2002 (colorbrewer2.org).

const palettes = {
  viridis: ["440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725"],
  cividis: ["00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74", "c3b369", "e1cc55", "fee838"],
  blues: ["f7fbff", "deebf7", "c6dbef", "9ecae1", "6baed6", "4292c6", "2171b5", "08519c", "08306b"],
  vik: ["001261", "033e7d", "1e6f9d", "71a8c4", "c9dde7", "ece5e0", "eacebd", "d39774", "be6533", "8b2706", "590008"],
};

function paletteColour(name, share) {
  const anchors = palettes[name], place = Math.min(Math.max(share, 0), 1) * (anchors.length - 1);
  const low = Math.min(Math.floor(place), anchors.length - 2), part = place - low;
  return [0, 2, 4].map(i => Math.round(
    parseInt(anchors[low].slice(i, i + 2), 16) * (1 - part) + parseInt(anchors[low + 1].slice(i, i + 2), 16) * part));
}

function niceStep(span, most) {
  const raw = span / most, power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].map(f => f * power).find(step => step >= raw * (1 - 1e-9)) ?? 10 * power;
}

// Rounded to a multiple, without artefacts of binary fractions.
function multiples(low, high, step) {
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-6); i <= Math.floor(high / step + 1e-6); i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

// The common format of an axis's or bar's numbers: decimals, or a power of ten.
function numberFormat(ticks) {
  const most = Math.max(...ticks.map(Math.abs));
  const power = most > 0 && (most >= 1e5 || most < 1e-2) ? 3 * Math.floor(Math.log10(most) / 3) : 0;
  const texts = ticks.map(t => Number((t / 10 ** power).toPrecision(6)).toString());
  const decimals = Math.max(0, ...texts.map(t => (t.split(".")[1] ?? "").length));
  return { power, text: value => minus((value / 10 ** power).toFixed(Math.min(decimals, 6))) };
}

function minus(text) {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace("-", "\u2212");
}

function unitText(units, power) {
  // Files give dimensionless quantities the unit 1, which is not shown.
  const pretty = units === "1" ? ""
    : units.replace(/(\D)(-?\d+)(?=\s|$)/g, (_, unit, exponent) => unit + [...exponent].map(superscript).join(""));
  const ten = power ? "10" + [...String(power)].map(superscript).join("") : "";
  return [ten, pretty].filter(t => t).join(" ");
}

function superscript(character) {
  return "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[character] ?? (character === "-" ? "\u207b" : character);
}

// The range without the given share of extremes at each end, or the full range if it is not much larger.
function robustRange(values, share) {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  if (sorted.length === 0) return null;
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const [low, high] = [share, 1 - share].map(q => sorted[Math.round(q * (sorted.length - 1))]);
  const slack = 0.25 * (high - low);
  return { least, most, low: least >= low - slack ? least : low, high: most <= high + slack ? most : high };
}

// A scale of round levels, fixed for all lead times so that colours keep their meaning. The reader may choose its ends and colours.
function scaleOf(range, kind, chosen = {}) {
  let { low, high } = range;
  const isSigned = kind !== "spread" && low < 0 && high > 0 && Math.min(-low, high) > 0.1 * Math.max(-low, high);
  if (isSigned) [low, high] = [-Math.max(-low, high), Math.max(-low, high)];
  if (kind === "spread") low = 0;
  [low, high] = [chosen.low ?? low, chosen.high ?? high];
  if (!(high > low)) [low, high] = [low - (Math.abs(low) || 1) / 2, low + (Math.abs(low) || 1) / 2];
  const step = niceStep(high - low, 16);
  [low, high] = [Math.floor(low / step + 1e-6) * step, Math.ceil(high / step - 1e-6) * step];
  const palette = chosen.palette || (isSigned ? "vik" : kind === "spread" ? "cividis" : "viridis");
  return {
    ...levelsOf(low, high, step, palette), isSigned, below: range.least < low - 1e-6 * step, above: range.most > high + 1e-6 * step,
  };
}

// The scale of percentages of members.
function shareScale() {
  return { ...levelsOf(0, 100, 10, "blues"), isSigned: false, below: false, above: false };
}

function levelsOf(low, high, step, palette) {
  const bands = Math.max(1, Math.round((high - low) / step));
  const colours = Array.from({ length: bands }, (_, i) => paletteColour(palette, bands === 1 ? 0.5 : i / (bands - 1)));
  return { low, high, step, bands, colours, bandOf: value => Math.min(Math.max(Math.floor((value - low) / step), 0), bands - 1) };
}

// Below the map, with its width.
function drawBar(canvas, scale, units, style, frame) {
  const { context } = prepared(canvas, 62);
  const end = 14, inner = Math.max(frame.width, 180) - 2 * end, top = 2, thick = 18;
  const x = value => frame.left + end + inner * (value - scale.low) / (scale.high - scale.low);
  scale.colours.forEach((colour, i) => {
    context.fillStyle = `rgb(${colour})`;
    const from = x(scale.low + i * scale.step);
    context.fillRect(from, top, x(scale.low + (i + 1) * scale.step) - from + 0.5, thick);
  });
  drawBarEnd(context, scale.below, scale.colours[0], x(scale.low), -end, top, thick);
  drawBarEnd(context, scale.above, scale.colours[scale.bands - 1], x(scale.high), end, top, thick);
  context.strokeStyle = style.quiet;
  context.strokeRect(x(scale.low), top, inner, thick);
  const every = Math.max(1, Math.ceil(scale.bands * 52 / inner)), zero = Math.round(-scale.low / scale.step);
  const shown = Array.from({ length: scale.bands + 1 }, (_, i) => i).filter(i => (i - (scale.isSigned ? zero : 0)) % every === 0);
  const ticks = shown.map(i => Number((scale.low + i * scale.step).toPrecision(12))), format = numberFormat(ticks);
  const unit = unitText(units, format.power);
  context.fillStyle = style.text;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of ticks) {
    context.fillText(format.text(tick), x(tick), top + thick + 6);
    context.fillRect(x(tick) - 0.5, top + thick, 1, 4);
  }
  context.fillStyle = style.quiet;
  context.fillText(unit, frame.left + end + inner / 2, top + thick + 24);
  const first = format.text(ticks[0]), last = format.text(ticks[ticks.length - 1]);
  const step = Number((scale.step / 10 ** format.power).toPrecision(6));
  canvas.setAttribute("aria-label", `colour bar, labelled from ${first} to ${last} ${unit}, in steps of ${step}`);
  return unit;
}

function drawBarEnd(context, isOpen, colour, x, length, top, thick) {
  if (!isOpen) return;
  context.fillStyle = `rgb(${colour})`;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x + length, top + thick / 2);
  context.lineTo(x, top + thick);
  context.fill();
}

// A canvas as wide as its container, sharp on any screen.
function prepared(canvas, height) {
  const width = Math.max(120, canvas.clientWidth), ratio = window.devicePixelRatio || 1;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.font = `13px ${getComputedStyle(document.body).fontFamily}`;
  context.lineWidth = 1;
  return { context, width, height, ratio };
}
