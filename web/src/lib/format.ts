// Figures as people read them. Pure: no clock, no locale of the machine, the zone is an argument.

/** Shown where there is no figure; why it is absent belongs in a tooltip beside it. */
export const kAbsent = '–';
const kThinSpace = '\u202f'; // between digits and before a unit: does not break, does not widen columns

export type Zone = 'local' | 'utc';
type Maybe<T> = T | null | undefined;

function is_number(value: Maybe<number>): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Whole number with thin spaces between thousands; en dash when absent. */
export function format_count(value: Maybe<number>): string {
  if (!is_number(value)) return kAbsent;
  const sign = value < 0 ? '−' : '';
  return sign + String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, kThinSpace);
}

/** Ratio 0..1 as per cent; something small but not nothing reads "<0.01 %", never "0 %". */
export function format_ratio(value: Maybe<number>): string {
  if (!is_number(value)) return kAbsent;
  const percent = value * 100;
  if (percent === 0) return `0${kThinSpace}%`;
  if (Math.abs(percent) < 0.01) return `<0.01${kThinSpace}%`;
  const digits = Math.abs(percent) < 9.995 ? 2 : Math.abs(percent) < 99.95 ? 1 : 0;
  return `${percent < 0 ? '−' : ''}${Math.abs(percent).toFixed(digits)}${kThinSpace}%`;
}

export function format_decimal(value: Maybe<number>, digits: number): string {
  return is_number(value) ? value.toFixed(digits) : kAbsent;
}

/** Milliseconds with one decimal below 100. */
export function format_ms(value: Maybe<number>): string {
  if (!is_number(value)) return kAbsent;
  if (value === 0) return `0${kThinSpace}ms`;
  return `${value.toFixed(Math.abs(value) < 99.95 ? 1 : 0)}${kThinSpace}ms`;
}

function three_digits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

function scaled(value: number, units: readonly string[], step: number): string {
  let index = 0;
  let rest = Math.abs(value);
  while (index + 1 < units.length && rest >= step * 0.9995) {
    rest /= step;
    index += 1;
  }
  const digits = index === 0 ? String(Math.round(rest)) : three_digits(rest);
  return `${value < 0 ? '−' : ''}${digits}${kThinSpace}${units[index]}`;
}

/** Decimal prefixes, as networks count. */
export function format_bitrate(bps: Maybe<number>): string {
  return is_number(bps) ? scaled(bps, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'], 1000) : kAbsent;
}

export function format_bytes(bytes: Maybe<number>): string {
  return is_number(bytes) ? scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB'], 1000) : kAbsent;
}

/** Span of time, two units at most: "8 s", "12 min 04 s", "3 h 05 min", "2 d 4 h". */
export function format_duration(milliseconds: Maybe<number>): string {
  if (!is_number(milliseconds) || milliseconds < 0) return kAbsent;
  const total = Math.floor(milliseconds / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const s = total % 60;
  const m = Math.floor(total / 60) % 60;
  const h = Math.floor(total / 3600) % 24;
  const d = Math.floor(total / 86400);
  const unit = (n: string | number, name: string) => `${n}${kThinSpace}${name}`;
  if (d > 0) return `${unit(d, 'd')} ${unit(h, 'h')}`;
  if (h > 0) return `${unit(h, 'h')} ${unit(two(m), 'min')}`;
  if (m > 0) return `${unit(m, 'min')} ${unit(two(s), 's')}`;
  return unit(s, 's');
}

/** How long ago, from the point of view of `now_ms`. */
export function format_age(time_ms: Maybe<number>, now_ms: number): string {
  if (!is_number(time_ms)) return kAbsent;
  const age = now_ms - time_ms;
  if (age < 1000) return 'now';
  return `${format_duration(age)} ago`;
}

/** RFC 3339 to epoch milliseconds; null when absent or not a time. */
export function parse_time(text: Maybe<string>): number | null {
  if (!text) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

interface ClockParts {
  date: string;
  time: string;
  millis: string;
}

function clock_parts(time_ms: number, zone: Zone): ClockParts {
  const at = new Date(time_ms);
  const two = (n: number) => String(n).padStart(2, '0');
  const utc = zone === 'utc';
  const date = utc
    ? `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = utc
    ? `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
    : `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return { date, time, millis: String(at.getUTCMilliseconds()).padStart(3, '0') };
}

const kMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "14:03:21" on the day of `now_ms`; "20 Nov 23:42" in its year, "2025-11-20 23:42" before. */
export function format_time(time_ms: Maybe<number>, zone: Zone, now_ms: number): string {
  if (!is_number(time_ms)) return kAbsent;
  const at = clock_parts(time_ms, zone);
  const now = clock_parts(now_ms, zone);
  if (at.date === now.date) return at.time;
  const [year, month, day] = at.date.split('-');
  const minutes = at.time.slice(0, 5);
  return now.date.startsWith(`${year}-`) ? `${Number(day)} ${kMonths[Number(month) - 1]} ${minutes}` : `${at.date} ${minutes}`;
}

/** "21 Nov 2026": above lists that tell times of day only. */
export function format_day(time_ms: Maybe<number>, zone: Zone): string {
  if (!is_number(time_ms)) return kAbsent;
  const [year, month, day] = clock_parts(time_ms, zone).date.split('-');
  return `${Number(day)} ${kMonths[Number(month) - 1]} ${year}`;
}

/** "14:03:21": along a time axis, whose ends tell the day. */
export function format_clock(time_ms: Maybe<number>, zone: Zone): string {
  return is_number(time_ms) ? clock_parts(time_ms, zone).time : kAbsent;
}

/** "14:03:21.482": for event lists that stand under one date. */
export function format_clock_ms(time_ms: Maybe<number>, zone: Zone): string {
  if (!is_number(time_ms)) return kAbsent;
  const at = clock_parts(time_ms, zone);
  return `${at.time}.${at.millis}`;
}

/** "2026-11-21 14:03:21.482 UTC": the whole truth, for tooltips. */
export function format_full(time_ms: Maybe<number>, zone: Zone): string {
  if (!is_number(time_ms)) return kAbsent;
  const at = clock_parts(time_ms, zone);
  return `${at.date} ${at.time}.${at.millis} ${zone_name(zone, time_ms)}`;
}

/** "UTC" or the offset of the browser's zone at that time, e.g. "UTC+02:00". */
export function zone_name(zone: Zone, time_ms: number): string {
  const minutes = zone === 'utc' ? 0 : -new Date(time_ms).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const two = (n: number) => String(n).padStart(2, '0');
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

export function format_plural(count: number, one: string, many = `${one}s`): string {
  return `${format_count(count)} ${count === 1 ? one : many}`;
}

/** 0xDEADBEEF as in SDP dumps and RTP headers. */
export function format_ssrc_hex(ssrc: number): string {
  return `0x${ssrc.toString(16).toUpperCase().padStart(8, '0')}`;
}
