import { describe, expect, it } from 'vitest';
import type { ParticipantSeries, Stream } from '../../src/lib/model';
import { chart_lines, default_span, drawn_streams, kMostDrawn, ordered_streams, stream_labels, whole_range } from '../../src/lib/participant_view';

const base = { direction: 'uplink', kind: 'audio', codec: 'opus', rid: '', rtx_of_ssrc: null, ssrc: 1, received_frames: null, first_packet: '2026-01-01T00:00:00.000Z', health: 'good', ended: false };
const stream = (id: string, change: Partial<Stream> = {}) => ({ ...base, id, ...change }) as Stream;
const audio = stream('a');
const video = stream('v', { kind: 'video', codec: 'VP8', ssrc: 2 });
const rtx = stream('r', { kind: 'video', codec: 'rtx', rtx_of_ssrc: 2, ssrc: 3 });
const down = stream('d', { direction: 'downlink', kind: 'video', codec: 'VP8', ssrc: 4 });
const ids = (streams: readonly Stream[]) => streams.map((one) => one.id).join('');

describe('streams', () => {
  it('stand in one order whatever the API gives', () => {
    expect(ids(ordered_streams([down, rtx, video, audio]))).toBe('avrd');
  });
  it('are drawn by direction', () => {
    expect(ids(drawn_streams([audio, video, down], 'downlink'))).toBe('d');
    expect(ids(drawn_streams([audio, video, down], 'all'))).toBe('avd');
  });
  it('of a crowd only the worst are drawn, in their order', () => {
    const crowd = Array.from({ length: 40 }, (_, index) => stream(`${index}-`, { health: index === 30 ? 'bad' : index === 7 ? 'degraded' : 'good' }));
    const drawn = drawn_streams(crowd, 'uplink');
    expect(drawn).toHaveLength(kMostDrawn);
    expect(ids(drawn)).toBe('0-1-2-3-4-5-6-7-8-9-10-30-');
  });
  it('are named by their source where they are received, and by SSRC where names are equal', () => {
    const labels = stream_labels([audio, down, stream('x', { direction: 'downlink', kind: 'video', codec: 'VP8', ssrc: 9 })], () => 'Bob');
    expect([...labels.values()]).toEqual(['↑ opus audio', '↓ VP8 video of Bob 4', '↓ VP8 video of Bob 9']);
  });
});

const series = {
  participant_id: 'p',
  resolution_s: 2,
  kept_s: 1,
  time: [100, 102, 104],
  streams: [{ stream_id: 'v', loss_ratio: [0, null, 0.5], jitter_ms: [1, null, 2], bitrate_bps: [10, null, 30] }],
} as unknown as ParticipantSeries;

describe('chart_lines', () => {
  const drawn = [audio, video, rtx].map((one) => ({ stream: one, label: one.id }));
  it('keeps gaps, and draws nothing for a stream without points', () => {
    const lines = chart_lines(drawn, series, 'jitter', 'dark');
    expect(lines.map((line) => [line.id, line.values])).toEqual([['a', [null, null, null]], ['v', [1, null, 2]]]);
  });
  it('keeps the stroke of a stream in each chart', () => {
    const of = (metric: 'loss' | 'bitrate') => chart_lines(drawn, series, metric, 'dark').find((line) => line.id === 'v')?.stroke;
    expect(of('loss')).toEqual(of('bitrate'));
  });
  it('draws retransmissions by bitrate only', () => {
    expect(chart_lines(drawn, series, 'loss', 'dark').map((line) => line.id)).toEqual(['a', 'v']);
    expect(chart_lines(drawn, series, 'bitrate', 'dark').map((line) => line.id)).toEqual(['a', 'v', 'r']);
  });
  it('draws frames of video only, and those at the client of what it told about', () => {
    const told = stream('t', { direction: 'downlink', kind: 'video', codec: 'VP8', ssrc: 5, received_frames: 100 });
    const all = [...drawn, { stream: { ...down, received_frames: null }, label: 'd' }, { stream: told, label: 't' }];
    expect(chart_lines(all, series, 'frames', 'dark').map((line) => line.id)).toEqual(['v', 'd', 't']);
    expect(chart_lines(all, series, 'received_frames', 'dark').map((line) => line.id)).toEqual(['t']);
  });
  it('has no points before the series came', () => {
    expect(chart_lines(drawn, null, 'loss', 'dark')[0]!.values).toEqual([]);
  });
});

describe('range', () => {
  it('holds the last point whole, and every event', () => {
    const [from, to] = whole_range(series, [99_000]);
    expect(from).toBeLessThan(99);
    expect(to).toBeGreaterThan(106);
  });
  it('is the whole call when it is short or over', () => {
    const minute = 60_000;
    expect(default_span(0, null, 5 * minute)).toBe('whole');
    expect(default_span(0, null, 50 * minute)).toBe('15m');
    expect(default_span(0, 50 * minute, 50 * minute)).toBe('whole');
  });
});
