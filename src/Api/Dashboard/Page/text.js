// Times, durations and names for people.

/** Seconds of an ISO 8601 duration such as P2DT6H; null of null. */
export function seconds(duration) {
  if (duration === null || duration === undefined) return null;
  const parts = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(duration);
  if (!parts) return null;
  const [, minus, days = 0, hours = 0, minutes = 0, rest = 0] = parts;
  return (minus ? -1 : 1) * (Number(days) * 86400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(rest));
}

const number = (value, digits = 1) => String(Number(value.toFixed(digits)));

/** A lead time in seconds, in hours or days depending on the longest. */
export function lead(value, longest = value) {
  if (value === null || value === undefined) return "";
  if (longest > 20 * 86400) return `${number(value / 86400)} d`;
  return longest >= 3600 || value === 0
    ? `${number(value / 3600, 2)} h`
    : longest >= 60
      ? `${number(value / 60, 2)} min`
      : `${number(value, 3)} s`;
}

/** A duration: 4 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function span(value) {
  if (value === null || value === undefined) return "";
  const whole = Math.round(value);
  if (value < 9.95) return `${number(value)} s`;
  if (whole < 60) return `${whole} s`;
  const [units, names] = [
    [86400, 3600, 60, 1],
    ["d", "h", "min", "s"],
  ];
  const first = units.findIndex(unit => whole >= unit),
    big = Math.floor(whole / units[first]);
  const small = Math.floor((whole % units[first]) / units[first + 1]);
  return small > 0 ? `${big} ${names[first]} ${small} ${names[first + 1]}` : `${big} ${names[first]}`;
}

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "2-digit", day: "2-digit" });

/** The time of day, with the date unless it is today. */
export function moment(at) {
  if (!at) return "";
  const date = new Date(at),
    day = dayFormat.format(date);
  return day === dayFormat.format(new Date()) ? clockFormat.format(date) : `${day} ${clockFormat.format(date)}`;
}

/** The full time. */
export const exactly = at => (at ? `${new Date(at).toISOString().replace("T", " ").replace("Z", "")} UTC` : "");

/** How long ago. */
export const ago = at => {
  const past = (Date.now() - new Date(at)) / 1000;
  return past < 1 ? "now" : `${span(past)} ago`;
};

export const percent = part => `${(100 * part).toFixed(part > 0 && part < 0.1 ? 1 : 0)} %`;

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** Steps per second. */
export const rate = value => (value >= 100 ? String(Math.round(value)) : number(value, value >= 10 ? 1 : 2));

/** A word of the API for people: handed_back becomes handed back. */
export const words = word => (word ?? "").replaceAll("_", " ");

/** The name of a batch, an opening or a closing. */
export function partName({ part, first, last, of }) {
  if (part !== "members") return part ?? "run";
  const from = first - (of?.first ?? 0),
    to = last - (of?.first ?? 0),
    time = of ? ` of ${of.time}` : "";
  return (from === to ? `member ${from}` : `members ${from}\u2013${to}`) + time;
}

/** A key of the same. */
export const partKey = ({ part, first }) => (part === "members" ? first : part === "opening" ? -2 : part === "closing" ? -1 : null);
