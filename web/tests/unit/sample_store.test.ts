import { expect, it } from 'vitest';
import type { Sample } from '../../src/lib/model';
import { SampleStore } from '../../src/lib/sample_store';

const at = (second: number) => new Date(second * 1000).toISOString();
const report = (second: number) => ({ start: at(second), end: at(second + 1) }) as Sample;
const signal = new AbortController().signal;

/** A source with reports for these seconds; remembers what it was asked. */
function source(seconds: number[]) {
  const asked: [number | null, number | null][] = [];
  const store = new SampleStore(async (_, from_ms, to_ms) => {
    asked.push([from_ms, to_ms]);
    return seconds.filter((s) => (from_ms === null || (s + 1) * 1000 > from_ms) && (to_ms === null || s * 1000 < to_ms)).map(report);
  });
  return { store, asked, seconds };
}
const starts = (samples: readonly Sample[]) => samples.map((sample) => Date.parse(sample.start) / 1000);

it('asks only for what came after the last report', async () => {
  const { store, asked, seconds } = source([1, 2, 3]);
  expect(starts(await store.load('a', null, false, signal))).toEqual([1, 2, 3]);
  seconds.push(4);
  expect(starts(await store.load('a', null, false, signal))).toEqual([1, 2, 3, 4]);
  expect(asked).toEqual([[null, null], [4000, null]]);
});

it('hands back the same array when nothing came', async () => {
  const { store } = source([1, 2]);
  const first = await store.load('a', null, false, signal);
  expect(await store.load('a', null, false, signal)).toBe(first);
});

it('asks for the time before when the window grows, once', async () => {
  const { store, asked } = source([1, 2, 3, 4]);
  expect(starts(await store.load('a', 3500, false, signal))).toEqual([3, 4]);
  expect(starts(await store.load('a', null, false, signal))).toEqual([1, 2, 3, 4]);
  expect(asked[1]).toEqual([null, 3500]);
  await store.load('a', 2000, false, signal);
  expect(asked).toHaveLength(4); // the last one asked for later reports only
  expect(asked[3]).toEqual([5000, null]);
});

it('does not ask again for a stream that is over', async () => {
  const { store, asked } = source([1, 2]);
  await store.load('a', null, true, signal);
  await store.load('a', null, true, signal);
  expect(asked).toHaveLength(1);
});

it('keeps streams apart', async () => {
  const { store, asked } = source([1]);
  await store.load('a', null, true, signal);
  await store.load('b', null, true, signal);
  expect(asked).toHaveLength(2);
});
