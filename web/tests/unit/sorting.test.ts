import { expect, it } from 'vitest';
import { sorted_by } from '../../src/lib/sorting';

it('absent figures go last in either direction', () => {
  const rows = [{ n: null }, { n: 2 }, { n: 10 }, { n: undefined }, { n: 0 }];
  expect(sorted_by(rows, (r) => r.n, true).map((r) => r.n)).toEqual([10, 2, 0, null, undefined]);
  expect(sorted_by(rows, (r) => r.n, false).map((r) => r.n)).toEqual([0, 2, 10, null, undefined]);
});

it('numbers inside words sort as numbers', () => {
  expect(sorted_by(['room 10', 'room 9', ''], (r) => r, false)).toEqual(['room 9', 'room 10', '']);
});

it('equal rows keep their order', () => {
  const rows = [{ n: 1, id: 'a' }, { n: 1, id: 'b' }];
  expect(sorted_by(rows, (r) => r.n, true).map((r) => r.id)).toEqual(['a', 'b']);
});
