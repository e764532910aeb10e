// The routes of the mock server.
import { MockApi } from './mock_api.mjs';

export class Problem extends Error {
  constructor(status, title, detail) {
    super(detail);
    this.status = status;
    this.title = title;
  }
}

const kRank = ['bad', 'degraded', 'good', 'unknown'];

function page(items, query) {
  const limit = Number(query.limit ?? 100);
  if (!(limit >= 1 && limit <= 500)) throw new Problem(400, 'Bad parameter', 'limit: a number from 1 to 500');
  const start = Number(query.cursor ?? 0);
  return { items: items.slice(start, start + limit), next: start + limit < items.length ? String(start + limit) : null };
}

function by_links(items, query) {
  return items.filter((item) => ['conference_id', 'participant_id', 'connection_id'].every((key) => !query[key] || item[key] === query[key]));
}

function conferences(api, query) {
  const in_time = (one) => (!query.from || !one.ended_at || one.ended_at >= query.from) && (!query.to || one.started_at <= query.to);
  const in_text = (one) => !query.q || `${one.room} ${one.server}`.toLowerCase().includes(query.q.toLowerCase());
  const in_state = (one) => !query.state || (query.state === 'live') === (one.ended_at === null);
  const all = api.world.conferences.map((conference) => api.conference(conference)).filter((one) => in_time(one) && in_text(one) && in_state(one));
  all.sort((a, b) => Boolean(a.ended_at) - Boolean(b.ended_at) || kRank.indexOf(a.health.word) - kRank.indexOf(b.health.word) || (a.started_at < b.started_at ? 1 : -1));
  return page(all, query);
}

function search(api, query) {
  const q = (query.q ?? '').toLowerCase();
  const { world } = api;
  const hits = [
    ...world.conferences.filter((one) => one.room.toLowerCase().includes(q)).map((one) => ({ type: 'conference', id: one.id, title: one.room, detail: `${one.plugin} on ${one.server}`, conference_id: one.id, participant_id: null })),
    ...world.people.filter((one) => one.display.toLowerCase().includes(q)).map((one) => ({ type: 'participant', id: one.id, title: one.display, detail: `in ${one.conference.room}`, conference_id: one.conference.id, participant_id: one.id })),
    ...world.flows.filter((one) => one.client.includes(q)).map((one) => ({ type: 'flow', id: one.id, title: one.client, detail: `to ${one.server}`, conference_id: one.connection?.conference.id ?? null, participant_id: one.connection?.person.id ?? null })),
    ...world.streams.filter((one) => String(one.ssrc) === q).map((one) => ({ type: 'stream', id: one.id, title: String(one.ssrc), detail: `${one.codec} ${one.kind}`, conference_id: one.connection.conference.id, participant_id: one.person.id })),
  ];
  return page(hits, query);
}

function stats(api, options) {
  const { world } = api;
  const busy = world.conferences.length > 0;
  const dropped = options.drops ? 4127 : 0;
  return {
    now: new Date().toISOString(),
    clock: busy ? new Date(world.now - 300).toISOString() : null,
    version: '0.1.0',
    live_conferences: world.conferences.filter((one) => one.end === null).length,
    live_participants: world.people.filter((one) => one.left === null).length,
    capture: {
      packets: busy ? 48_211_904 + Math.round((world.now % 1e9) / 10) : 1284,
      bytes: busy ? 39_120_331_201 : 98_200,
      kernel_drops: dropped,
      interface_drops: 0,
      interfaces: [
        { name: 'eth0', packets: busy ? 48_211_000 : 1200, bytes: busy ? 39_120_331_201 : 95_000, kernel_drops: dropped, interface_drops: 0 },
        { name: 'lo', packets: 84, bytes: 3200, kernel_drops: 0, interface_drops: 0 },
      ],
    },
    refusals: busy ? [{ protocol: 'rtcp', code: 'zero_padding', count: 3 }, { protocol: 'stun', code: 'fingerprint_mismatch', count: 12 }] : [],
    flows: { active: world.flows.length, unmatched: world.flows.filter((one) => !one.connection).length, evicted: 0 },
    feed: { events: busy ? 20_412 : 0, dropped: 0, last_event_at: busy ? new Date(world.now - 2400).toISOString() : null },
    store: { queue_depth: busy ? 14 : 0, queue_capacity: 65536, queue_dropped: options.drops ? 12 : 0 },
    hep: { enabled: false, sent: 0, dropped: 0 },
  };
}

function one(items, id, what) {
  const found = items.find((item) => item.id === id);
  if (!found) throw new Problem(404, `No such ${what}`, `There is no ${what} with the id ${id}`);
  return found;
}

/** The JSON body for a path below /api/v1. Throws Problem. */
export function answer(world, options, path, query) {
  const api = new MockApi(world);
  const [, , , collection, id, below] = path.split('/').map(decodeURIComponent);
  const of = (items, conference, person) => items.filter((item) => (!query.conference_id || conference(item)?.id === query.conference_id) && (!query.participant_id || person(item)?.id === query.participant_id));
  switch (`${collection}${id ? '/id' : ''}${below ? `/${below}` : ''}`) {
    case 'stats':
      return stats(api, options);
    case 'conferences':
      return conferences(api, query);
    case 'conferences/id':
      return api.conference(one(world.conferences, id, 'conference'));
    case 'participants':
      return page(of(world.people, (x) => x.conference, (x) => x).map((x) => api.participant(x)), query);
    case 'participants/id':
      return api.participant(one(world.people, id, 'participant'));
    case 'connections':
      return page(of(world.connections, (x) => x.conference, (x) => x.person).map((x) => api.connection(x)), query);
    case 'flows':
      return page(
        of(world.flows, (x) => x.connection?.conference, (x) => x.person)
          .filter((x) => !query.matched || (query.matched === 'true') === (x.connection !== null))
          .map((x) => api.flow(x)),
        query,
      );
    case 'streams':
      return page(of(world.streams, (x) => x.connection.conference, (x) => x.person).map((x) => api.stream(x)), query);
    case 'streams/id/samples':
      return page(api.samples_of(one(world.streams, id, 'stream'), query), query);
    case 'events':
      return page(by_links(world.events.map((x) => api.event(x)), query).sort((a, b) => (a.time < b.time ? 1 : -1)), query);
    case 'search':
      return search(api, query);
    default:
      throw new Problem(404, 'No such resource', path);
  }
}
