// Keeps the times that a card shows fresh, in the reader's own zone: `12 分钟前`, `2 天 3 小时`.
// A module, which card.js loads where a card shows any.

const MINUTE_MS = 60e3;
const DAY_MS = 1440 * MINUTE_MS;
const UNITS = [
  ["year", 365 * DAY_MS],
  ["month", 30 * DAY_MS],
  ["day", DAY_MS],
  ["hour", 60 * MINUTE_MS],
  ["minute", MINUTE_MS],
];

let timer;

// Writes the times that are in sight, and calls `again` when they are no longer true, and `due`
// when a countdown runs out. Uploads and shares have modules of their own.
export function refresh(styled, say, again, due, tools) {
  const { qkUpload, qkShare } = document.body.dataset;
  tend(qkUpload, ".qk-upload", styled, tools);
  tend(qkShare, ".qk-share", styled, tools);
  const times = styled.filter(({ dateTime }) => dateTime);
  clearTimeout(timer);
  const wait_ms = Math.min(...times.map((time) => rewrite(time, say, due)));
  if (wait_ms < Infinity) timer = setTimeout(again, wait_ms);
}

async function tend(path, selector, styled, tools) {
  const ours = styled.filter((one) => one.matches(selector));
  // Without an origin a script has no address that others could be relative to.
  if (ours.length) (await import(new URL(path, location))).tend(ours, tools);
}

// Answers how long it stays true.
function rewrite(time, say, due) {
  const { lang } = document.documentElement;
  const { style } = time.dataset;
  const instant = new Date(time.dateTime);
  const left_ms = instant - Date.now();
  const date = new Intl.DateTimeFormat(lang, { dateStyle: "long" });
  const full = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
  const write = (text) => time.textContent !== text && (time.textContent = text);
  if (style === "date") write(date.format(instant));
  else if (style === "date-time") write(full.format(instant));
  else {
    time.title = full.format(instant);
    const isNew = write(style === "countdown" ? countdown(left_ms, say) : relative(left_ms, lang));
    if (style === "relative") return MINUTE_MS / 2;
    if (left_ms > 0) return left_ms % (left_ms > DAY_MS ? MINUTE_MS : 1000) || 1;
    if (isNew) due();
  }
  return Infinity;
}

function relative(left_ms, lang) {
  const words = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  const [unit, unit_ms] = UNITS.find(([, ms]) => Math.abs(left_ms) >= ms) ?? ["second", Infinity];
  return words.format(Math.trunc(left_ms / unit_ms), unit);
}

function countdown(left_ms, say) {
  const seconds = Math.max(0, Math.ceil(left_ms / 1000));
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  if (days) return say(`${days} 天 ${hours} 小时`, `${days} d ${hours} h`);
  const clock = [hours, Math.floor((seconds % 3600) / 60), seconds % 60];
  return clock.map((part) => String(part).padStart(2, "0")).join(":");
}
