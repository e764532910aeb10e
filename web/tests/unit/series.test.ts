import { describe, expect, it } from 'vitest';
import { align_lines, layout_marks, line_of, lonely_points, loss_ratio } from '../../src/lib/series';

const report = (start_ms: number, end_ms: number, value: number | null) => ({ start_ms, end_ms, value });

describe('line_of', () => {
  it('draws reports that follow each other as one line', () => {
    expect(line_of([report(0, 1000, 1), report(1000, 2000, 2)])).toEqual({ x: [1, 2], y: [1, 2] });
  });

  it('breaks the line where no report covers the time', () => {
    const line = line_of([report(0, 1000, 1), report(5000, 6000, 2)]);
    expect(line.y).toEqual([1, null, 2]);
    expect(line.x[1]).toBeGreaterThan(1);
    expect(line.x[1]).toBeLessThan(6);
  });

  it('takes clock rounding for no gap', () => {
    expect(line_of([report(0, 1000, 1), report(1200, 2200, 2)]).y).toEqual([1, 2]);
  });

  it('keeps an absent figure absent', () => {
    expect(line_of([report(0, 1000, 1), report(1000, 2000, null), report(2000, 3000, 0)]).y).toEqual([1, null, 0]);
  });

  it('orders reports and drops the same one twice', () => {
    expect(line_of([report(1000, 2000, 2), report(0, 1000, 1), report(1000, 2000, 2)]).x).toEqual([1, 2]);
  });

  it('has nothing to draw without reports', () => {
    expect(line_of([])).toEqual({ x: [], y: [] });
  });
});

describe('align_lines', () => {
  it('tells a gap of a line from times of other lines', () => {
    const [x, a, b] = align_lines([
      { x: [1, 2, 3], y: [10, null, 30] },
      { x: [1.5, 3], y: [5, 6] },
    ]);
    expect(x).toEqual([1, 1.5, 2, 3]);
    expect(a).toEqual([10, undefined, null, 30]);
    expect(b).toEqual([undefined, 5, undefined, 6]);
  });
});

describe('lonely_points', () => {
  it('finds points without a neighbour', () => {
    expect(lonely_points([1, null, 2, undefined, null, 3, 4])).toEqual([0, 2]);
    expect(lonely_points([undefined, 7, undefined])).toEqual([1]);
    expect(lonely_points([1, undefined, 2])).toEqual([]);
  });
});

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
