// Order of rows. Absent figures go last in either direction: they are not the smallest, they are unknown.

type Key = string | number | boolean | null | undefined;

export function compare_keys(a: Key, b: Key, descending: boolean): number {
  const absent_a = a === null || a === undefined || a === '';
  const absent_b = b === null || b === undefined || b === '';
  if (absent_a || absent_b) return Number(absent_a) - Number(absent_b);
  const order =
    typeof a === 'string' && typeof b === 'string'
      ? a.localeCompare(b, 'en', { numeric: true, sensitivity: 'base' })
      : Number(a) - Number(b);
  return descending ? -order : order;
}

/** A sorted copy; equal rows keep their order. */
export function sorted_by<T>(rows: readonly T[], key_of: (row: T) => Key, descending: boolean): T[] {
  return [...rows].sort((a, b) => compare_keys(key_of(a), key_of(b), descending));
}
