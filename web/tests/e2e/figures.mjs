// Figures on the screen against those of the API: the text is read back, and must be the value to its last digit.
import assert from 'node:assert/strict';

const kUnits = { '': 1, '%': 0.01, ms: 1, 'bit/s': 1, 'kbit/s': 1e3, 'Mbit/s': 1e6, 'Gbit/s': 1e9, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Value and half a unit in the last place; null for an absent figure. */
export function read_figure(text) {
  const plain = text.replace(/\s+/g, ' ').replace(/^ ?[▲△]/, '').replace(/(bad|degraded): /, '').trim();
  if (plain.startsWith('–')) return null;
  if (plain.startsWith('<0.01 %')) return { value: 0, reach: 0.0001 };
  const match = /^(−?)((?:\d{1,3}(?: \d{3})+|\d+)(?:\.(\d+))?)(?: ?([%a-zA-Z/]+))?$/.exec(plain);
  const scale = kUnits[match?.[4] ?? ''];
  assert.ok(match && scale, `"${text}" is a figure`);
  const value = Number(match[2].replaceAll(' ', '')) * (match[1] ? -1 : 1);
  return { value: value * scale, reach: 0.5000001 * scale * 10 ** -(match[3]?.length ?? 0) };
}

export function same_figure(text, value, what) {
  const shown = read_figure(text);
  if (value === null || value === undefined) return assert.equal(shown, null, `${what}: "${text}" where the API has none`);
  assert.ok(shown && Math.abs(shown.value - value) <= shown.reach, `${what}: "${text}" on the screen, ${value} from the API`);
}

/** Loss, jitter and bitrate in three cells that follow each other. */
export function same_figures(cells, figures, what) {
  same_figure(cells[0], figures?.loss_ratio, `${what} loss`);
  same_figure(cells[1], figures?.jitter_ms, `${what} jitter`);
  same_figure(cells[2], figures?.bitrate_bps, `${what} bitrate`);
}
