// The time filter of lists: a span back from now, or two fixed times, as it stands in the address.

export const kSpans = { '15m': 15, '1h': 60, '6h': 360, '24h': 1440, '7d': 10080 } as const;
export type Span = keyof typeof kSpans;

export const kSpanNames: Record<Span, string> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
};

export interface TimeWindow {
  from?: string;
  to?: string;
}

function whole_second(time_ms: number): string {
  return new Date(time_ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** RFC 3339 bounds for the API. A span is cut to the minute: the same question then has the same answer. */
export function time_window(query: Record<string, string>, now_ms: number): TimeWindow {
  const span = query['since'];
  if (span && Object.hasOwn(kSpans, span)) {
    const minute = 60_000;
    return { from: whole_second(Math.floor(now_ms / minute) * minute - kSpans[span as Span] * minute) };
  }
  const window: TimeWindow = {};
  const from = Date.parse(query['from'] ?? '');
  const to = Date.parse(query['to'] ?? '');
  if (!Number.isNaN(from)) window.from = whole_second(from);
  if (!Number.isNaN(to)) window.to = whole_second(to);
  return window;
}
