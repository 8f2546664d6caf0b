// Projections between geographic positions and the canvas: the flat map of all grids, the globe, and polar maps.
// Orthographic and Lambert's azimuthal equal-area projection of the sphere: Snyder, Map Projections - A Working Manual, USGS 1395, 1987.

const radian = Math.PI / 180;

// The extent of a polar map from its pole, in degrees.
const polarReach = 70;

function flatPlace(frame) {
  const x = value => frame.left + frame.width * (value - frame.west) / (frame.east - frame.west);
  const y = value => frame.top + frame.height * (value - frame.north) / (frame.south - frame.north);
  return {
    frame, x, y, isFlat: true,
    toScreen: (column, row) => [x(column), y(row)],
    toData: (px, py) => {
      const across = (px - frame.left) / frame.width, down = (py - frame.top) / frame.height;
      return across < 0 || across > 1 || down < 0 || down > 1 ? null
        : [frame.west + across * (frame.east - frame.west), frame.north + down * (frame.south - frame.north)];
    },
  };
}

// A round map centred on a longitude and a latitude.
function roundPlace(frame, kind, [longitude, latitude]) {
  const radius = Math.min(frame.width, frame.height) / 2, centre = [frame.left + frame.width / 2, frame.top + frame.height / 2];
  const isGlobe = kind === "globe", farthest = Math.cos((isGlobe ? 90 : polarReach) * radian);
  const unit = isGlobe ? radius : radius / (2 * Math.sin(polarReach / 2 * radian));
  const [sin0, cos0] = [Math.sin(latitude * radian), Math.cos(latitude * radian)];
  return {
    frame, radius, centre, isFlat: false,
    toScreen: (east, north) => {
      const [sin, cos, turn] = [Math.sin(north * radian), Math.cos(north * radian), (east - longitude) * radian];
      const nearness = sin0 * sin + cos0 * cos * Math.cos(turn);
      if (nearness < farthest - 1e-9) return null;
      const stretch = unit * (isGlobe ? 1 : Math.sqrt(2 / (1 + nearness)));
      return [centre[0] + stretch * cos * Math.sin(turn), centre[1] - stretch * (cos0 * sin - sin0 * cos * Math.cos(turn))];
    },
    toData: (px, py) => {
      const [x, y] = [px - centre[0], centre[1] - py], distance = Math.hypot(x, y);
      if (distance > radius) return null;
      if (distance < 1e-9) return [longitude, latitude];
      const angle = isGlobe ? Math.asin(Math.min(1, distance / unit)) : 2 * Math.asin(distance / (2 * unit));
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      return [longitude + Math.atan2(x * sin, distance * cos0 * cos - y * sin0 * sin) / radian,
        Math.asin(Math.min(1, Math.max(-1, cos * sin0 + y * sin * cos0 / distance))) / radian];
    },
  };
}

// Lines that may leave the map: they are interrupted where they are invisible or jump across it.
function tracePlaces(context, place, places, eastward = 0) {
  const far = (place.radius ?? Infinity) / 2;
  let last = null;
  for (const [column, row] of places) {
    const at = place.toScreen(column + eastward, row);
    if (at && last && Math.hypot(at[0] - last[0], at[1] - last[1]) < far) context.lineTo(...at);
    else if (at) context.moveTo(...at);
    last = at;
  }
}
