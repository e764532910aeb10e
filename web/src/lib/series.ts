// What is drawn along a time axis. A time without a report is a gap (null), and a gap is never zero.

/** Values of one line at the times of the axis it is drawn on. */
export type Column = readonly (number | null)[];

/** Indexes of points with no neighbour to draw a line to; they would be invisible without a dot. */
export function lonely_points(column: Column): number[] {
  const gap = (index: number) => (column[index] ?? null) === null;
  return column.flatMap((value, index) => (value !== null && gap(index - 1) && gap(index + 1) ? [index] : []));
}

/** Index of the point that holds at a time; null when none does. `times` are evenly spaced by `step_s`. */
export function point_at(times: readonly number[], time_s: number, step_s: number): number | null {
  if (times.length === 0) return null;
  const index = Math.floor((time_s - times[0]!) / step_s);
  return index >= 0 && index < times.length ? index : null;
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
