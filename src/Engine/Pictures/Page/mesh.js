// A mesh of triangles: where they lie, which one is meant, and how a field on them is painted.

function meshOf({ west, south, x, y, nodes }) {
  const xs = x.map(tenths => west + tenths / 10), ys = y.map(tenths => south + tenths / 10), count = nodes.length / 3;
  const corners = i => [0, 1, 2].map(k => nodes[3 * i + k]);
  const centres = Array.from({ length: count }, (_, i) => [xs, ys].map(axis => corners(i).reduce((sum, node) => sum + axis[node], 0) / 3));
  const reach = axis => axis.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
  const [left, right] = reach(xs), [bottom, top] = reach(ys);
  const distance = (i, px, py) => (centres[i][0] - px) ** 2 + (centres[i][1] - py) ** 2;
  // The triangle that holds a place, else the one whose centre is nearest.
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
  const nearest = (px, py) => {
    for (let i = 0; i < count; i++) if (holds(i, px, py)) return i;
    return best(i => distance(i, px, py));
  };
  // The nearest triangle of those that lie in a direction rather than aside.
  const towards = (from, east, north) => {
    const [fx, fy] = centres[from];
    const found = best(i => {
      const ahead = (centres[i][0] - fx) * east + (centres[i][1] - fy) * north, squared = distance(i, fx, fy);
      return i !== from && ahead > 0 && ahead * ahead >= 0.5 * squared ? squared : Infinity;
    });
    return found < 0 ? from : found;
  };
  return { corners, centres, count, nearest, towards, middle: nearest((left + right) / 2, (bottom + top) / 2),
    xs: [left, right], ys: [top, bottom], nodeX: xs, nodeY: ys };
}

function paintMesh(context, raster, scale, missing, x, y) {
  const { mesh, values } = raster, px = mesh.nodeX.map(x), py = mesh.nodeY.map(y);
  for (let i = 0; i < mesh.count; i++) {
    const [a, b, c] = mesh.corners(i), value = values[i];
    context.fillStyle = context.strokeStyle = `rgb(${value === value ? scale.colours[scale.bandOf(value)] : missing})`;
    context.beginPath();
    context.moveTo(px[a], py[a]);
    context.lineTo(px[b], py[b]);
    context.lineTo(px[c], py[c]);
    context.closePath();
    context.fill();
    // Over the hair's breadth that smoothing leaves between neighbours.
    context.lineWidth = 0.7;
    context.stroke();
  }
  context.lineWidth = 1;
}
