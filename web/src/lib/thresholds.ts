// Where a single figure draws the eye. The same limits as the server's health word: docs/metrics.md, Health.

export type Alert = 'bad' | 'degraded' | null;

function alert(value: number | null | undefined, degraded: number, bad: number): Alert {
  if (value === null || value === undefined) return null;
  if (value >= bad) return 'bad';
  return value >= degraded ? 'degraded' : null;
}

export const loss_alert = (ratio: number | null | undefined): Alert => alert(ratio, 0.02, 0.05);
export const jitter_alert = (ms: number | null | undefined): Alert => alert(ms, 30, 60);
