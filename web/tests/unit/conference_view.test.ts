import { describe, expect, it } from 'vitest';
import { connection_rows, participant_rows, states } from '../../src/lib/conference_view';
import { event_tone } from '../../src/lib/events';
import { flow_row, is_address } from '../../src/lib/flow_view';
import { proofs, reason_without } from '../../src/lib/names';
import type { Connection, Event, Flow, ParticipantWithConnections } from '../../src/lib/model';

const participant = (id: string, health: string, left_at: string | null = null) => ({ id, display: id, user_id: '', health, health_reason: '', left_at, connections: [] }) as unknown as ParticipantWithConnections;
const flow = (change: Partial<Flow>) => ({ id: 'f', connection_id: null, conference_id: null, participant_id: null, transport: 'udp', encapsulation: 'none', ...change }) as Flow;

describe('participant_rows', () => {
  it('puts the worst first, and among equals those who are still there', () => {
    const rows = participant_rows([participant('good', 'good'), participant('gone', 'bad', '2026-01-01T00:00:00.000Z'), participant('here', 'bad')], [], []);
    expect(rows.map((row) => row.participant.id)).toEqual(['here', 'gone', 'good']);
  });
  it('joins paths and the newest event', () => {
    const flows = [flow({ participant_id: 'a' }), flow({ participant_id: 'a' }), flow({ participant_id: 'a', encapsulation: 'turn' }), flow({})];
    const events = [{ id: '2', participant_id: 'a' }, { id: '1', participant_id: 'a' }] as Event[];
    const [row] = participant_rows([participant('a', 'good')], flows, events);
    expect(row!.paths).toEqual(['TURN over UDP', 'UDP']);
    expect(row!.last_event?.id).toBe('2');
  });
});

it('connection_rows puts what lives first', () => {
  const rows = connection_rows([{ id: 'old', ended_at: 'x' }, { id: 'new', ended_at: null }] as Connection[], [flow({ connection_id: 'old' })]);
  expect(rows.map((row) => [row.connection.id, row.flows.length])).toEqual([['new', 0], ['old', 1]]);
});

it.each([
  [[], ''],
  [['connected'], 'connected'],
  [['connected', 'failed', 'connected'], '1 failed, 2 connected'],
  [['connected', 'odd'], '1 connected, 1 odd'],
])('states %j read "%s"', (values, want) => expect(states(values)).toBe(want));

it.each([
  ['192.0.2.7', true],
  ['192.0.2.7:5000', true],
  ['[2001:db8::7]:5000', true],
  ['2001:db8::7', true],
  ['192.0.2', false],
  ['192.0.2.300', false],
  ['alice', false],
  ['a:b', false],
  ['', false],
])('"%s" is an address: %s', (text, want) => expect(is_address(text)).toBe(want));

describe('names', () => {
  it('leaves a name out where it stands already', () => {
    expect(reason_without('alice', 'alice uplink video lost 4.2 % in all')).toBe('uplink video lost 4.2 % in all');
    expect(reason_without('ali', 'alice ICE failed')).toBe('alice ICE failed');
    expect(reason_without('', 'ICE failed')).toBe('ICE failed');
  });
  it('counts proofs of one kind', () => {
    const evidence = [{ kind: 'ufrag_pair', detail: 'a:b' }, { kind: 'ssrc', detail: '1' }, { kind: 'ssrc', detail: '2' }];
    expect(proofs(evidence)).toEqual([{ name: 'ufrag pair', detail: 'a:b' }, { name: 'SSRC ×2', detail: '1\n2' }]);
  });
});

describe('flow_row', () => {
  it('tells unmatched from owned by nobody known', () => {
    expect(flow_row(flow({}), null)).toMatchObject({ owner: '', owner_href: null });
    expect(flow_row(flow({ connection_id: 'c', conference_id: 'k' }), null)).toMatchObject({ owner: 'somebody', owner_href: '/conferences/k' });
    const owned = flow({ connection_id: 'c', participant_id: 'p' });
    expect(flow_row(owned, { participant: 'alice', conference: '1234' })).toMatchObject({ owner: 'alice', room: '1234', owner_href: '/participants/p' });
    expect(flow_row(owned, null).owner).toBe('p');
  });
});

it.each([
  ['ice_connected', 'good'],
  ['ice_disconnected', 'bad'],
  ['unpublished', 'plain'],
  ['published', 'good'],
  ['slow_link', 'bad'],
  ['something_new', 'plain'],
])('event %s is %s', (kind, want) => expect(event_tone(kind)).toBe(want));
