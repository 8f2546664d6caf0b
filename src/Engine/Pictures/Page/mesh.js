// A triangle mesh: its geometry, finding triangles, and painting fields.

function meshOf({ west, south, x, y, z, nodes }) {
  const xs = x.map(tenths => west + tenths / 10), ys = y.map(tenths => south + tenths / 10), count = nodes.length / 3;
  const corners = i => [0, 1, 2].map(k => nodes[3 * i + k]);
  const centres = Array.from({ length: count }, (_, i) => [xs, ys].map(axis => corners(i).reduce((sum, node) => sum + axis[node], 0) / 3));
  const reach = axis => axis.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
  const [left, right] = reach(xs), [bottom, top] = reach(ys);
  const distance = (i, px, py) => (centres[i][0] - px) ** 2 + (centres[i][1] - py) ** 2;
  // The triangle that contains a position, otherwise the one with the nearest centre.
  const holds = (i, px, py) => {
    const [a, b, c] = corners(i), side = (p, q) => (xs[q] - xs[p]) * (py - ys[p]) - (ys[q] - ys[p]) * (px - xs[p]);
    const sides = [side(a, b), side(b, c), side(c, a)];
    return sides.every(s => s >= 0) || sides.every(s => s <= 0);
  };
  const best = measure => {
    let least = Infinity, found = -1;
    for (let i = 0; i < count; i++) {
      const value = measure(i);
      if (value < least) [least, found] = [value, i];
    }
    return found;
  };
  const at = (px, py) => {
    for (let i = 0; i < count; i++) if (holds(i, px, py)) return i;
    return -1;
  };
  const nearest = (px, py) => {
    const inside = at(px, py);
    return inside >= 0 ? inside : best(i => distance(i, px, py));
  };
  // The nearest triangle within a direction's quadrant.
  const towards = (from, east, north) => {
    const [fx, fy] = centres[from];
    const found = best(i => {
      const ahead = (centres[i][0] - fx) * east + (centres[i][1] - fy) * north, squared = distance(i, fx, fy);
      return i !== from && ahead > 0 && ahead * ahead >= 0.5 * squared ? squared : Infinity;
    });
    return found < 0 ? from : found;
  };
  const light = z ? Array.from({ length: count }, (_, i) => lightOn(corners(i).map(node => [xs[node], ys[node], z[node] / 10]))) : null;
  return { corners, centres, count, at, nearest, towards, light, middle: nearest((left + right) / 2, (bottom + top) / 2),
    xs: [left, right], ys: [top, bottom], nodeX: xs, nodeY: ys };
}

// The brightness of a slope under a sun in the north-west at 45°; level ground is 1.
function lightOn([a, b, c]) {
  const [ux, uy, uz] = [0, 1, 2].map(i => b[i] - a[i]), [vx, vy, vz] = [0, 1, 2].map(i => c[i] - a[i]);
  const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx], up = normal[2] < 0 ? -1 : 1;
  const sun = [-0.5, 0.5, Math.SQRT1_2], length = Math.hypot(...normal);
  return length > 0 ? Math.max(0, up * normal.reduce((sum, part, i) => sum + part * sun[i], 0) / length / Math.SQRT1_2) : 1;
}

// Slopes in shadow keep half of their colour; sunlit slopes become slightly paler.
function shaded(colour, light) {
  return light <= 1 ? colour.map(part => Math.round(part * (0.5 + 0.5 * light)))
    : colour.map(part => Math.round(part + (255 - part) * Math.min(0.5, light - 1)));
}

function paintMesh(context, raster, scale, missing, place, hasRelief) {
  const { mesh, values } = raster, px = mesh.nodeX.map(place.x), py = mesh.nodeY.map(place.y);
  for (let i = 0; i < mesh.count; i++) {
    const [a, b, c] = mesh.corners(i), value = values[i];
    const colour = value === value ? scale.colours[scale.bandOf(value)] : missing;
    context.fillStyle = context.strokeStyle = `rgb(${hasRelief && mesh.light ? shaded(colour, mesh.light[i]) : colour})`;
    context.beginPath();
    context.moveTo(px[a], py[a]);
    context.lineTo(px[b], py[b]);
    context.lineTo(px[c], py[c]);
    context.closePath();
    context.fill();
    // Covers the hairlines that antialiasing leaves between neighbours.
    context.lineWidth = 0.7;
    context.stroke();
  }
  context.lineWidth = 1;
}
