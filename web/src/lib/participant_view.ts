// From a participant's streams and samples to the charts' lines.
import type { ChartLine } from '../components/chart.svelte';
import { stream_name } from './names';
import { stroke_of } from './palette';
import type { Sample, Stream } from './model';
import type { Theme } from './preferences.svelte';
import { line_of, loss_ratio, type Interval } from './series';

export type Direction = 'uplink' | 'downlink' | 'all';
export type Metric = 'loss' | 'jitter' | 'bitrate';

/** Streams in a stable order: uplink first, then audio, video, retransmissions, then by first packet. */
export function ordered_streams(streams: readonly Stream[]): Stream[] {
  const rank = (stream: Stream) =>
    ['uplink', 'downlink'].indexOf(stream.direction) * 10 + (stream.direction === 'unknown' ? 30 : 0) + (stream.codec === 'rtx' ? 5 : stream.kind === 'audio' ? 1 : 2);
  return [...streams].sort((a, b) => rank(a) - rank(b) || a.first_packet.localeCompare(b.first_packet) || a.ssrc - b.ssrc);
}

/** Retransmissions are not judged by loss and have no jitter (docs/metrics.md): only their bitrate is drawn. */
export function has_metric(stream: Stream, metric: Metric): boolean {
  return metric === 'bitrate' || stream.codec !== 'rtx';
}

function value_of(sample: Sample, metric: Metric): number | null {
  if (metric === 'jitter') return sample.jitter_ms;
  if (metric === 'bitrate') return sample.bitrate_bps;
  const ratio = loss_ratio(sample.lost, sample.expected);
  // Late packets make an interval's loss negative; the drawing shows none, the table below the charts all.
  return ratio === null ? null : Math.max(0, ratio);
}

export interface StreamSamples {
  stream: Stream;
  samples: readonly Sample[];
  label: string;
}

/** Lines of one metric; `strokes` of the ordered list, so a stream looks the same in each chart. */
export function chart_lines(streams: readonly StreamSamples[], metric: Metric, theme: Theme): ChartLine[] {
  return streams.flatMap(({ stream, samples, label }, index) => {
    if (!has_metric(stream, metric)) return [];
    const intervals = samples.map((sample): Interval => ({ start_ms: Date.parse(sample.start), end_ms: Date.parse(sample.end), value: value_of(sample, metric) }));
    return [{ id: stream.id, label, stroke: stroke_of(index, theme), line: line_of(intervals) }];
  });
}

/** "↑ opus audio", with the SSRC where another stream would be called the same. */
export function stream_labels(streams: readonly Stream[], source_of: (stream: Stream) => string): Map<string, string> {
  const base = streams.map((stream) => {
    const arrow = { uplink: '↑', downlink: '↓' }[stream.direction] ?? '·';
    const source = stream.direction === 'downlink' ? source_of(stream) : '';
    return `${arrow} ${stream_name(stream)}${source ? ` of ${source}` : ''}`;
  });
  return new Map(streams.map((stream, index) => [stream.id, base.filter((one) => one === base[index]).length > 1 ? `${base[index]} ${stream.ssrc}` : base[index]!]));
}

/** Seconds since the epoch that hold every sample and event, with a little air. */
export function whole_range(streams: readonly StreamSamples[], event_times_ms: readonly number[]): [number, number] {
  const times = streams.flatMap(({ samples }) => samples.flatMap((sample) => [Date.parse(sample.start), Date.parse(sample.end)])).concat(event_times_ms);
  if (times.length === 0) return [0, 1];
  const from = times.reduce((a, b) => Math.min(a, b)) / 1000;
  const to = times.reduce((a, b) => Math.max(a, b)) / 1000;
  const air = Math.max(0.5, (to - from) * 0.01);
  return [from - air, to + air];
}

export const kChartSpans = { '5m': 300_000, '15m': 900_000, '1h': 3_600_000 } as const;
export type ChartSpan = keyof typeof kChartSpans | 'whole';

/** What is drawn unless the address says otherwise: short calls whole, of long live ones the newest part. */
export function default_span(first_ms: number | null, end_ms: number | null, clock_ms: number): ChartSpan {
  const longest = kChartSpans['15m'];
  return end_ms === null && first_ms !== null && clock_ms - first_ms > longest ? '15m' : 'whole';
}

/** Start of the span that ends at `clock_ms`; null when everything is wanted. */
export function span_start(span: ChartSpan, clock_ms: number): number | null {
  return span === 'whole' ? null : clock_ms - kChartSpans[span];
}
