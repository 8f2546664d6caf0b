// Draws one field: a map where the grid has two axes, points against lead time where it has one.

const mapMargin = { left: 46, right: 10, top: 6, bottom: 22 };

// A pixel's position between two points of an axis: both neighbours, and the weight of the second.
function axisLookup(points, from, to, pixels, goesAround) {
  const count = points.length, low = new Int32Array(pixels), high = new Int32Array(pixels), part = new Float32Array(pixels);
  const falls = count > 1 && points[1] < points[0], sign = falls ? -1 : 1;
  const ring = goesAround ? [points[count - 1] - 360, ...points, points[0] + 360] : points;
  let next = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const value = from + (to - from) * (pixel + 0.5) / pixels;
    while (next < ring.length - 2 && sign * ring[next + 1] <= sign * value) next++;
    const last = Math.min(next + 1, ring.length - 1), width = ring[last] - ring[next];
    part[pixel] = width === 0 ? 0 : Math.min(Math.max((value - ring[next]) / width, 0), 1);
    low[pixel] = goesAround ? (next - 1 + count) % count : next;
    high[pixel] = goesAround ? (last - 1) % count : last;
  }
  return { low, high, part };
}

// Bilinear; next to missing values, nearest neighbour.
function between(values, width, rows, y, columns, x) {
  const top = rows.low[y] * width, bottom = rows.high[y] * width, left = columns.low[x], right = columns.high[x];
  const v = rows.part[y], u = columns.part[x];
  const value = (1 - v) * ((1 - u) * values[top + left] + u * values[top + right])
    + v * ((1 - u) * values[bottom + left] + u * values[bottom + right]);
  return value === value ? value : values[(v < 0.5 ? top : bottom) + (u < 0.5 ? left : right)];
}

function paintField(context, frame, ratio, raster, scale, missing) {
  const width = Math.max(1, Math.round(frame.width * ratio)), height = Math.max(1, Math.round(frame.height * ratio));
  const image = new ImageData(width, height), pixels = new Uint32Array(image.data.buffer);
  const colours = scale.colours.map(packed), grey = packed(missing);
  const columns = axisLookup(raster.xs, frame.west, frame.east, width, raster.goesAround);
  const rows = axisLookup(raster.ys, frame.north, frame.south, height, false);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const value = between(raster.values, raster.xs.length, rows, y, columns, x);
      pixels[at] = value === value ? colours[scale.bandOf(value)] : grey;
    }
  }
  context.putImageData(image, Math.round(frame.left * ratio), Math.round(frame.top * ratio));
}

// The value at a position, as painted on the map.
function sampler(field) {
  if (field.mesh) return (x, y) => field.values[field.mesh.at(x, y)] ?? NaN;
  const fine = 2880, [west, east] = field.goesAround ? [field.xs[0], field.xs[0] + 360] : outerEdges(field.xs);
  const [north, south] = outerEdges(field.ys);
  const columns = axisLookup(field.xs, west, east, fine, field.goesAround);
  const rows = axisLookup(field.ys, north, south, fine, false), width = field.xs.length;
  const place = part => Math.min(Math.max(Math.floor(part * fine), 0), fine - 1);
  return (x, y) => {
    const across = field.goesAround ? (((x - west) % 360) + 360) % 360 / 360 : (x - west) / (east - west);
    const down = (y - north) / (south - north);
    if (!field.goesAround && (across < 0 || across > 1) || down < -0.5 || down > 1.5) return NaN;
    return between(field.values, width, rows, place(down), columns, place(across));
  };
}

function paintRound(context, place, ratio, field, scale, missing) {
  const { radius, centre } = place, size = Math.round(2 * radius * ratio), image = new ImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer), colours = scale.colours.map(packed), grey = packed(missing), sample = sampler(field);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      const data = place.toData(centre[0] - radius + (x + 0.5) / ratio, centre[1] - radius + (y + 0.5) / ratio);
      if (!data) continue;
      const value = sample(...data);
      pixels[at] = value === value ? colours[scale.bandOf(value)] : grey;
    }
  }
  context.putImageData(image, Math.round((centre[0] - radius) * ratio), Math.round((centre[1] - radius) * ratio));
}

function packed([red, green, blue]) {
  return (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
}

// Half a cell beyond the outermost points.
function outerEdges(points) {
  const last = points.length - 1;
  if (last === 0) return [points[0] - 0.5, points[0] + 0.5];
  return [points[0] - (points[1] - points[0]) / 2, points[last] + (points[last] - points[last - 1]) / 2];
}

function frameOf(canvas, raster) {
  // Planes and meshes have kilometres on their axes, which are long numbers.
  mapMargin.left = raster.mesh || raster.yKind === "m" ? 72 : 46;
  const width = Math.max(120, canvas.clientWidth), inner = width - mapMargin.left - mapMargin.right;
  let [west, east] = raster.mesh ? raster.xs : outerEdges(raster.xs), [north, south] = raster.mesh ? raster.ys : outerEdges(raster.ys);
  if (raster.isGlobe) [north, south] = [Math.min(north, 90), Math.max(south, -90)];
  const most = Math.max(220, window.innerHeight * 0.62);
  if (raster.isLine) {
    const tall = Math.min(most, Math.max(220, inner * 0.55));
    return { left: mapMargin.left, top: mapMargin.top, width: inner, height: tall, west, east, north, south };
  }
  const squeeze = raster.isGlobe && east - west < 180 ? Math.max(0.3, Math.cos((north + south) / 2 * Math.PI / 180)) : 1;
  const aspect = Math.min(Math.max((east - west) * squeeze / Math.abs(north - south), 0.2), 6);
  const height = Math.min(inner / aspect, most);
  return { left: mapMargin.left, top: mapMargin.top, width: Math.min(inner, height * aspect), height, west, east, north, south };
}

// Draws a field and its layers; returns a function that finds positions on the map.
function drawMap(canvas, field, scale, style, coastline, marks, layers) {
  let frame = frameOf(canvas, field);
  const isRound = layers.map !== "flat" && field.isGlobe && !field.isLine && !field.mesh;
  if (isRound) frame = { ...frame, height: Math.min(frame.width, Math.max(220, window.innerHeight * 0.62)) };
  const { context, ratio } = prepared(canvas, frame.height + mapMargin.top + mapMargin.bottom);
  const place = isRound ? roundPlace(frame, layers.map, layers.centre) : flatPlace(frame);
  if (field.mesh) paintMesh(context, field, scale, style.missing, place, layers.relief);
  else if (isRound) paintRound(context, place, ratio, field, scale, style.missing);
  else paintField(context, frame, ratio, field, scale, style.missing);
  if (isRound) drawGraticule(context, place); else drawGrid(context, frame, place.x, place.y, field, style);
  context.save();
  outline(context, place);
  context.clip();
  if (field.isGlobe && !field.isLine) drawCoastline(context, coastline, place);
  if (layers.isolines) drawIsolines(context, place, layers.isolines.field, layers.isolines.scale);
  if (layers.wind) drawArrows(context, place, layers.wind.east, layers.wind.north, layers.wind.strongest);
  drawMarks(context, place, field, marks);
  context.restore();
  context.strokeStyle = style.quiet;
  outline(context, place);
  context.stroke();
  return place;
}

function outline(context, { isFlat, frame, centre, radius }) {
  context.beginPath();
  if (isFlat) context.rect(frame.left, frame.top, frame.width, frame.height);
  else context.arc(...centre, radius, 0, 2 * Math.PI);
}

// Lines in degrees; the page holds differences in hundredths.
function coastlineOf(lines) {
  return lines.map(line => {
    const places = [];
    for (let i = 0, longitude = 0, latitude = 0; i < line.length; i += 2) {
      longitude += line[i];
      latitude += line[i + 1];
      places.push([longitude / 100, latitude / 100]);
    }
    return places;
  });
}

function drawCoastline(context, lines, place) {
  const { frame } = place, turns = place.isFlat ? [Math.floor((frame.west - 180) / 360), Math.ceil((frame.east + 180) / 360)] : [0, 0];
  context.beginPath();
  for (let turn = turns[0]; turn <= turns[1]; turn++) {
    for (const line of lines) tracePlaces(context, place, line, 360 * turn);
  }
  context.lineJoin = "round";
  context.strokeStyle = "rgba(255, 255, 255, 0.55)";
  context.lineWidth = 2.4;
  context.stroke();
  context.strokeStyle = "rgba(0, 0, 0, 0.85)";
  context.lineWidth = 0.9;
  context.stroke();
  context.lineWidth = 1;
}

// Every thirty degrees.
function drawGraticule(context, place) {
  const range = (from, to, step) => Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
  context.strokeStyle = "rgba(90, 100, 110, 0.45)";
  context.beginPath();
  for (const longitude of range(0, 330, 30)) tracePlaces(context, place, range(-90, 90, 2).map(latitude => [longitude, latitude]));
  for (const latitude of range(-60, 60, 30)) tracePlaces(context, place, range(0, 360, 2).map(longitude => [longitude, latitude]));
  context.stroke();
}

function drawGrid(context, frame, x, y, raster, style) {
  const labels = (from, to, most, angular) => {
    const span = Math.abs(to - from);
    const step = angular ? [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 90].find(s => span / s <= most) ?? 90 : niceStep(span, most);
    return multiples(Math.min(from, to), Math.max(from, to), step);
  };
  const columns = labels(frame.west, frame.east, Math.max(2, frame.width / 85), raster.xKind === "longitude");
  const rows = labels(frame.north, frame.south, Math.max(2, frame.height / 50), raster.yKind === "latitude");
  context.strokeStyle = "rgba(90, 100, 110, 0.35)";
  context.beginPath();
  for (const value of columns) { context.moveTo(x(value), frame.top); context.lineTo(x(value), frame.top + frame.height); }
  for (const value of rows) { context.moveTo(frame.left, y(value)); context.lineTo(frame.left + frame.width, y(value)); }
  context.stroke();
  context.fillStyle = style.quiet;
  context.textBaseline = "top";
  const columnTexts = axisTexts(raster.xKind, columns), rowTexts = axisTexts(raster.yKind, rows);
  columns.forEach((value, i) => {
    const half = context.measureText(columnTexts[i]).width / 2;
    context.textAlign = "center";
    const middle = Math.min(Math.max(x(value), half), frame.left + frame.width + mapMargin.right - half);
    context.fillText(columnTexts[i], middle, frame.top + frame.height + 5);
  });
  context.textAlign = "right";
  context.textBaseline = "middle";
  rows.forEach((value, i) => context.fillText(rowTexts[i], frame.left - 5, Math.max(y(value), 8)));
}

function axisTexts(kind, values) {
  if (kind === "longitude") return values.map(longitudeText);
  if (kind === "latitude") return values.map(latitudeText);
  if (kind === "m" && Math.max(...values.map(Math.abs)) >= 1e4) {
    return values.map(v => `${Number((v / 1000).toPrecision(6))}\u202fkm`.replace("-", "\u2212"));
  }
  return values.map(v => minus(String(v)) + (kind === "h" ? "\u202fh" : kind === "d" ? "\u202fd" : ""));
}

function longitudeText(degrees) {
  const east = ((degrees + 180) % 360 + 360) % 360 - 180;
  return `${trimmed(Math.abs(east))}\u00b0${east === 0 || east === -180 ? "" : east > 0 ? "E" : "W"}`;
}

function latitudeText(degrees) {
  return `${trimmed(Math.abs(degrees))}\u00b0${degrees === 0 ? "" : degrees > 0 ? "N" : "S"}`;
}

function trimmed(number) {
  return String(Number(number.toFixed(2)));
}

// A ring at the point, in two colours so that it is visible on any field.
function drawMarks(context, place, field, marks) {
  const { frame } = place, at = place.toScreen(marks.x, marks.y);
  for (const [colour, thick] of field.isLine ? [["rgba(255, 255, 255, 0.9)", 4], ["#000000", 1.6]] : [["#ffffff", 5], ["#000000", 2.2]]) {
    context.strokeStyle = colour;
    context.lineWidth = thick;
    context.beginPath();
    if (field.isLine) {
      context.moveTo(frame.left, place.y(marks.lead));
      context.lineTo(frame.left + frame.width, place.y(marks.lead));
      context.moveTo(place.x(marks.x), frame.top);
      context.lineTo(place.x(marks.x), frame.top + frame.height);
    } else if (at) {
      context.arc(...at, 7, 0, 2 * Math.PI);
    }
    context.stroke();
  }
  context.lineWidth = 1;
}
