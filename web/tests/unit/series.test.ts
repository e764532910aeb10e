import { describe, expect, it } from 'vitest';
import { layout_marks, lonely_points, loss_ratio, point_at } from '../../src/lib/series';

describe('lonely_points', () => {
  it.each([
    [[1, null, 2, null, 3, 4], [0, 2]],
    [[null, 7, null], [1]],
    [[0], [0]],
    [[1, 2], []],
    [[], []],
  ])('of %j are %j', (column, want) => expect(lonely_points(column)).toEqual(want));
});

it.each([
  [99.9, null],
  [100, 0],
  [101.9, 0],
  [102, 1],
  [105.9, 2],
  [106, null],
])('the point that holds at %s is %s', (time, want) => expect(point_at([100, 102, 104], time, 2)).toBe(want));

describe('loss_ratio', () => {
  it('is absent when nothing was expected', () => {
    expect(loss_ratio(0, 0)).toBeNull();
    expect(loss_ratio(1, 50)).toBe(0.02);
  });
});

describe('layout_marks', () => {
  const times = [0, 10, 11, 50, 100, 200];
  it('merges what would overlap and leaves out what lies outside', () => {
    const marks = layout_marks(times, (t) => t, [0, 100], 0.02);
    expect(marks.map((mark) => mark.items)).toEqual([[0], [10, 11], [50], [100]]);
    expect(marks[1]!.position).toBeCloseTo(0.1);
  });
  it('draws nothing on an empty axis', () => {
    expect(layout_marks(times, (t) => t, [5, 5], 0.02)).toEqual([]);
  });
});
