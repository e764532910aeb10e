// From a participant's streams and their series to the charts' lines.
import type { ChartLine } from '../components/chart.svelte';
import { health_rank } from './health';
import type { ParticipantSeries, Stream } from './model';
import { is_retransmission, stream_name } from './names';
import { stroke_of } from './palette';
import type { Theme } from './preferences.svelte';

export type Direction = 'uplink' | 'downlink' | 'all';
export type Metric = 'loss' | 'jitter' | 'bitrate' | 'frames' | 'received_frames';

/** From its first packet to its last. */
export const lasted_s = (stream: Stream): number => (Date.parse(stream.last_packet) - Date.parse(stream.first_packet)) / 1000;

/** More lines than this cannot be told apart. */
export const kMostDrawn = 12;

/** Streams in a stable order: uplink first, then audio, video, retransmissions, then by first packet. */
export function ordered_streams(streams: readonly Stream[]): Stream[] {
  const directions = ['uplink', 'downlink', 'unknown'];
  const kind = (stream: Stream) => (is_retransmission(stream) ? 2 : stream.kind === 'audio' ? 0 : 1);
  const rank = (stream: Stream) => directions.indexOf(stream.direction) * 3 + kind(stream);
  return [...streams].sort((a, b) => rank(a) - rank(b) || a.first_packet.localeCompare(b.first_packet) || a.ssrc - b.ssrc);
}

/** The streams of a direction that are drawn, in order: all, or of too many the worst and those that live. */
export function drawn_streams(ordered: readonly Stream[], direction: Direction): Stream[] {
  const wanted = ordered.filter((stream) => direction === 'all' || stream.direction === direction);
  if (wanted.length <= kMostDrawn) return wanted;
  const rank = (stream: Stream) => (is_retransmission(stream) ? 8 : 0) + health_rank(stream.health) * 2 + Number(stream.ended);
  const chosen = new Set([...wanted].sort((a, b) => rank(a) - rank(b)).slice(0, kMostDrawn));
  return wanted.filter((stream) => chosen.has(stream));
}

/** Retransmissions are not judged by loss and have no jitter (docs/metrics.md): only their bitrate is drawn. */
export function has_metric(stream: Stream, metric: Metric): boolean {
  if (metric === 'bitrate') return true;
  if (is_retransmission(stream)) return false;
  if (metric === 'frames') return stream.kind === 'video';
  // Not of all: the client has to tell which packets it got.
  return metric !== 'received_frames' || stream.received_frames !== null || (stream.doubtful_frames ?? 0) > 0;
}

const kColumns = {
  loss: 'loss_ratio',
  jitter: 'jitter_ms',
  bitrate: 'bitrate_bps',
  frames: 'frame_rate_fps',
  received_frames: 'received_frame_rate_fps',
} as const;

export interface DrawnStream {
  stream: Stream;
  label: string;
}

/** Lines of one metric; the stroke is that of the place in `drawn`, so a stream looks the same in each chart. */
export function chart_lines(drawn: readonly DrawnStream[], series: ParticipantSeries | null, metric: Metric, theme: Theme): ChartLine[] {
  const found = new Map(series?.streams.map((one) => [one.stream_id, one[kColumns[metric]]]));
  return drawn.flatMap(({ stream, label }, index) => {
    if (!has_metric(stream, metric)) return [];
    const values = found.get(stream.id) ?? new Array<null>(series?.time.length ?? 0).fill(null);
    return [{ id: stream.id, label, stroke: stroke_of(index, theme), values }];
  });
}

/** "↑ opus audio", with the SSRC where another stream would be called the same. */
export function stream_labels(streams: readonly Stream[], source_of: (stream: Stream) => string): Map<string, string> {
  const base = streams.map((stream) => {
    const arrow = { uplink: '↑', downlink: '↓', unknown: '·' }[stream.direction];
    const source = stream.direction === 'downlink' ? source_of(stream) : '';
    return `${arrow} ${stream_name(stream)}${source ? ` of ${source}` : ''}`;
  });
  return new Map(streams.map((stream, index) => [stream.id, base.filter((one) => one === base[index]).length > 1 ? `${base[index]} ${stream.ssrc}` : base[index]!]));
}

/** Seconds since the epoch that hold every point and event, with a little air. */
export function whole_range(series: ParticipantSeries | null, event_times_ms: readonly number[]): [number, number] {
  const points = series && series.time.length > 0 ? [series.time[0]!, series.time[series.time.length - 1]! + series.resolution_s] : [];
  const times = points.concat(event_times_ms.map((time_ms) => time_ms / 1000));
  if (times.length === 0) return [0, 1];
  const from = times.reduce((a, b) => Math.min(a, b));
  const to = times.reduce((a, b) => Math.max(a, b));
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
