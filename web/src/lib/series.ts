// From report intervals to chart data. A time without a report is a gap, and a gap is never zero.

export interface Interval {
  start_ms: number;
  end_ms: number;
  value: number | null;
}

export interface Line {
  /** Seconds since the epoch, increasing: uPlot's unit. */
  x: number[];
  /** null breaks the line. */
  y: (number | null)[];
}

/** Reports follow each other without silence between them; this much is clock rounding. */
export const kGapTolerance_ms = 250;

/** One point at the end of each interval, and a break wherever no interval covers the time between two. */
export function line_of(intervals: readonly Interval[], tolerance_ms = kGapTolerance_ms): Line {
  const sorted = [...intervals].sort((a, b) => a.end_ms - b.end_ms);
  const line: Line = { x: [], y: [] };
  let covered_ms: number | null = null;
  for (const interval of sorted) {
    if (covered_ms !== null && interval.start_ms - covered_ms > tolerance_ms) {
      line.x.push((covered_ms + 1) / 1000);
      line.y.push(null);
    }
    const x = interval.end_ms / 1000;
    if (line.x.length > 0 && x <= line.x[line.x.length - 1]!) continue; // same report twice
    line.x.push(x);
    line.y.push(interval.value);
    covered_ms = interval.end_ms;
  }
  return line;
}

export type AlignedLines = [number[], ...(number | null | undefined)[][]];

/**
 * Several lines on one time axis. null: a gap of that line; undefined: the time belongs to another
 * line, so this one is drawn through.
 */
export function align_lines(lines: readonly Line[]): AlignedLines {
  const times = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
  const place = new Map(times.map((time, index) => [time, index]));
  const columns = lines.map((line) => {
    const column = new Array<number | null | undefined>(times.length).fill(undefined);
    line.x.forEach((time, index) => (column[place.get(time)!] = line.y[index]));
    return column;
  });
  return [times, ...columns];
}

/** Indexes of points with no neighbour to draw a line to; they would be invisible without a dot. */
export function lonely_points(column: readonly (number | null | undefined)[]): number[] {
  const lonely: number[] = [];
  let before: number | null = null; // last defined value's kind: null = gap or edge
  for (let i = 0; i < column.length; i += 1) {
    const value = column[i];
    if (value === undefined) continue;
    if (value !== null) {
      let next = i + 1;
      while (next < column.length && column[next] === undefined) next += 1;
      const after = next < column.length ? column[next]! : null;
      if (before === null && after === null) lonely.push(i);
    }
    before = value;
  }
  return lonely;
}

/** Lost of expected; null when nothing was expected. Late packets can make it negative: see docs/metrics.md. */
export function loss_ratio(lost: number, expected: number): number | null {
  return expected > 0 ? lost / expected : null;
}

export interface Mark<T> {
  /** 0..1 along the axis. */
  position: number;
  items: T[];
}

/** Events on a lane; those closer than `merge_distance` (of the axis' length) share a mark. */
export function layout_marks<T>(
  items: readonly T[],
  time_of: (item: T) => number,
  range: readonly [number, number],
  merge_distance: number,
): Mark<T>[] {
  const span = range[1] - range[0];
  if (span <= 0) return [];
  const marks: Mark<T>[] = [];
  for (const item of [...items].sort((a, b) => time_of(a) - time_of(b))) {
    const position = (time_of(item) - range[0]) / span;
    if (position < 0 || position > 1) continue;
    const last = marks[marks.length - 1];
    if (last && position - last.position < merge_distance) last.items.push(item);
    else marks.push({ position, items: [item] });
  }
  return marks;
}
