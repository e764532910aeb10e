import { describe, expect, it } from 'vitest';
import type { Probe } from '../../src/lib/model';
import { captured, probe_note, probe_state, silent_hosts } from '../../src/lib/probe_view';

const now = Date.parse('2026-11-21T12:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();

function probe(rest: Partial<Probe> = {}): Probe {
  return {
    host: 'media-1', version: '0.1.0', source: 'live capture on eth0', silent: false, ended: false, last_batch_at: ago(1), clock: ago(1.5), batches: 9, bytes: 900,
    lost: 0, repeated: 0, restarts: 0, packets: 100, kernel_drops: 0, waiting: 0, waiting_bytes: 0, unsent: 0, error: '', ...rest,
  };
}

describe('the state of a probe', () => {
  it.each<[string, Partial<Probe>, string, string | null, string]>([
    ['is well', {}, 'OK', null, ''],
    ['sent no time yet', { clock: null }, 'OK', null, ''],
    ['has a clock that is ahead', { clock: ago(-40) }, 'OK', null, ''],
    ['is 15 s behind', { clock: ago(16) }, 'OK', null, ''],
    ['is more than 15 s behind', { clock: ago(253) }, 'catching up', 'degraded', '4\u202fmin 12\u202fs behind'],
    ['cannot do its work', { error: 'the disk is full', clock: ago(253) }, 'trouble', 'bad', ''],
    ['says nothing, and had an error', { silent: true, error: 'the disk is full', last_batch_at: ago(20) }, 'silent', 'bad', 'last heard 20\u202fs ago'],
    ['has ended, and so says nothing', { ended: true, silent: true, last_batch_at: ago(20) }, 'ended', null, '20\u202fs ago'],
  ])('%s', (_, rest, text, alert, note) => expect(probe_state(probe(rest), now)).toEqual({ text, alert, note }));
});

it('restarts stand beside the version', () => {
  expect(probe_note(probe())).toBe('0.1.0');
  expect(probe_note(probe({ restarts: 1 }))).toBe('0.1.0, 1 restart');
  expect(probe_note(probe({ version: '', restarts: 2 }))).toBe('2 restarts');
});

it('who has ended is not missed', () => {
  expect(silent_hosts([probe({ silent: true }), probe({ host: 'media-2', silent: true, ended: true }), probe({ host: 'media-3' })])).toEqual(['media-1']);
});

it('packets are summed over the capture here and all probes', () => {
  const capture = { packets: 10, bytes: 0, truncated: 0, kernel_drops: 1, interface_drops: 2, interfaces: [], error: '' };
  const bus = { enabled: true, address: '', connected: true, batches: 0, bytes: 0, reconnects: 0, refused: [], probes_forgotten: 0, last_error: '', probes: [probe({ kernel_drops: 3 }), probe({ packets: 7 })] };
  expect(captured({ capture, bus })).toEqual({ packets: 117, drops: 6 });
});
