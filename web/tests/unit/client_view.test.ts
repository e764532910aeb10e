import { describe, expect, it } from 'vitest';
import { client_round_trips, client_streams, report_interval_s } from '../../src/lib/client_view';
import type { ClientConnection, Stream } from '../../src/lib/model';

const told = (ssrc: number, change = {}) => ({ kind: 'audio', ssrc, packets_received: null, packets_lost: null, packets_sent: null, jitter_ms: null, emos: null, ...change });
const sample = (time: string, round_trip_ms: number | null, streams: object[] = []) => ({ time, round_trip_ms, bytes_sent: null, bytes_received: null, streams });
const report = (id: string, samples: object[]) => ({ id, participant_id: 'u1', participant_name: '', issues: [], evidence: [], samples }) as unknown as ClientConnection;
const stream = (ssrc: number, direction: string) => ({ id: String(ssrc), ssrc, direction }) as Stream;

const first = report('a', [
  sample('2026-01-01T00:00:00Z', 30, [told(1, { packets_sent: 10 })]),
  sample('2026-01-01T00:00:10Z', null, [told(1, { packets_sent: 20 }), told(2, { packets_received: 7, packets_lost: 2, jitter_ms: 3 })]),
]);
const second = report('b', [sample('2026-01-01T00:00:10Z', 50), sample('2026-01-01T00:00:20Z', 51)]);

describe('what a client says', () => {
  it('is its newest report, of the direction that the stream has', () => {
    const rows = client_streams([first], [stream(1, 'uplink'), stream(2, 'downlink'), stream(3, 'downlink')]);
    expect(rows.map((row) => [row.stream.ssrc, row.packets, row.lost, row.jitter_ms])).toEqual([
      [1, 20, null, null],
      [2, 7, 2, 3],
    ]);
  });
  it('has round trips on one axis, absent ones stay absent', () => {
    const { times, lines } = client_round_trips([first, second], 'dark');
    const start = Date.parse('2026-01-01T00:00:00Z') / 1000;
    expect(times).toEqual([start, start + 10, start + 20]);
    expect(lines.map((line) => line.values)).toEqual([
      [30, null, null],
      [null, 50, 51],
    ]);
    expect(lines[0]!.label).toBe('u1 1');
  });
  it('comes at the interval that is usual', () => {
    expect(report_interval_s([0, 10, 20, 90])).toBe(10);
    expect(report_interval_s([])).toBe(10);
  });
});
