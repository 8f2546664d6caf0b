// Turns a variable's block into planes: planes[slot][lead time] = {offset, scale, codes}. PlaneCodec.cs says how they are written.

const meanSlot = 0, spreadSlot = 1, firstMemberSlot = 2, planeHeaderBytes = 24;

async function inflate(base64) {
  const packed = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

function gridOf(facts, slot) {
  return slot < firstMemberSlot ? facts.statistics : facts.member;
}

function decodePlanes(bytes, facts) {
  const planes = [], view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const slot = view.getUint32(at, true), lead = view.getUint32(at + 4, true);
    const grid = gridOf(facts, slot), width = grid.columns.length, points = width * grid.rows.length;
    const offset = view.getFloat64(at + 8, true), scale = view.getFloat64(at + 16, true);
    at += planeHeaderBytes;
    const codes = grid.bits === 8 ? decodeBytes(bytes, at, points, width) : decodeWords(bytes, at, points, width);
    (planes[slot] ??= [])[lead] = { offset, scale, codes };
    at += points * grid.bits / 8;
  }
  return planes;
}

function decodeBytes(bytes, at, points, width) {
  return predict(new Uint8Array(points), width, i => bytes[at + i]);
}

function decodeWords(bytes, at, points, width) {
  return predict(new Uint16Array(points), width, i => {
    const folded = bytes[at + i] << 8 | bytes[at + points + i];
    return folded >> 1 ^ -(folded & 1);
  });
}

// The typed array itself takes the sum modulo 256 or 65536.
function predict(codes, width, residue) {
  for (let i = 0; i < codes.length; i++) {
    const west = i % width > 0, north = i >= width;
    codes[i] = residue(i) + (west ? codes[i - 1] : 0) + (north ? codes[i - width] : 0) - (west && north ? codes[i - width - 1] : 0);
  }
  return codes;
}

function valueAt(plane, i) {
  return plane && plane.codes[i] > 0 ? plane.offset + plane.scale * (plane.codes[i] - 1) : NaN;
}

function toValues(plane) {
  const values = new Float32Array(plane.codes.length);
  for (let i = 0; i < values.length; i++) values[i] = valueAt(plane, i);
  return values;
}
