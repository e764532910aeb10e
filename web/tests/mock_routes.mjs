// The routes of the mock server. What docs/api/openapi.yaml does not know is refused, as the daemon does.
import { query_faults, template_of } from './contract.mjs';
import { MockApi } from './mock_api.mjs';
import { mock_stats } from './mock_stats.mjs';

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
  const start = Number(query.cursor ?? 0);
  return { items: items.slice(start, start + limit), next: start + limit < items.length ? String(start + limit) : null };
}

const newest_first = (key) => (a, b) => (a[key] < b[key] ? 1 : a[key] > b[key] ? -1 : 0);
const has = (text, part) => text.toLowerCase().includes(part.toLowerCase());

function by_links(items, query) {
  return items.filter((item) => ['conference_id', 'participant_id', 'connection_id'].every((key) => !query[key] || item[key] === query[key]));
}

function by_state(items, query, end) {
  return items.filter((item) => !query.state || (query.state === 'live') === (item[end] === null));
}

function conferences(api, query) {
  const { world } = api;
  const in_text = (one) => !query.q || has(`${one.room} ${one.server}`, query.q) || world.people.some((person) => person.conference === one && has(`${person.display} ${person.user}`, query.q));
  const in_time = (one) => (!query.from || one.end === null || one.end >= Date.parse(query.from)) && (!query.to || one.start < Date.parse(query.to));
  const found = world.conferences.filter((one) => in_text(one) && in_time(one) && (!query.room || one.room === query.room)).map((one) => api.conference(one));
  const newest = newest_first('started_at');
  const rank = (a, b) => kRank.indexOf(a.health) - kRank.indexOf(b.health) || Number(a.ended_at !== null) - Number(b.ended_at !== null);
  return page(by_state(found, query, 'ended_at').sort(query.sort === 'newest' ? newest : (a, b) => rank(a, b) || newest(a, b)), query);
}

function flows(api, query) {
  const in_address = (flow) => !query.address || [flow.client, flow.server].some((end) => end === query.address || end.replace(/:\d+$/, '').replace(/[[\]]/g, '') === query.address);
  const found = api.world.flows.filter((flow) => in_address(flow) && (!query.unmatched || (query.unmatched === 'true') === (flow.connection === null)));
  return page(by_state(by_links(found.map((flow) => api.flow(flow)), query), query, 'ended_at').sort(newest_first('first_packet')), query);
}

function events(api, query) {
  const in_time = (event) => (!query.from || event.time >= Date.parse(query.from)) && (!query.to || event.time < Date.parse(query.to));
  const found = api.world.events.filter((event) => in_time(event) && (!query.kind || event.kind === query.kind)).map((event) => api.event(event));
  return page(by_links(found, query).sort(newest_first('time')), query);
}

/** One issue a lossy direction of a connection, with the first stream's id turned around for its own. */
function issues(api, query) {
  const people = new Map(api.world.people.map((person) => [person.id, person]));
  const seen = new Set();
  const first = ({ connection_id, direction }) => !seen.has(connection_id + direction) && seen.add(connection_id + direction);
  const lossy = api.world.streams.map((stream) => api.stream(stream)).filter((stream) => (stream.recent_loss_ratio ?? 0) >= 0.02 && first(stream));
  const items = lossy.map((stream) => ({
    id: [...stream.id].reverse().join(''),
    host_id: null,
    conference_id: stream.conference_id,
    participant_id: stream.participant_id,
    connection_id: stream.connection_id,
    stream_id: stream.id,
    kind: 'high_loss',
    severity: stream.recent_loss_ratio >= 0.1 ? 'critical' : 'warning',
    started_at: stream.first_packet,
    ended_at: stream.ended ? stream.last_packet : null,
    text: `${people.get(stream.participant_id)?.display || 'somebody'}'s ${stream.direction} lost ${(stream.recent_loss_ratio * 100).toFixed(1)} % for 42 s`,
    evidence: [{ kind: 'lost', detail: '31 packets in 10 s' }],
  }));
  const in_state = (issue) => query.open === undefined || (query.open === 'true') === (issue.ended_at === null);
  const found = items.filter((issue) => in_state(issue) && (!query.kind || issue.kind === query.kind));
  return page(by_links(found, query).sort(newest_first('started_at')), query);
}

function search(api, query) {
  const { world } = api;
  const { q } = query;
  const hit = (type, matched, one, title, detail, start, connection, person) => ({
    type, id: one.id, matched, similar: false, title, detail, time: new Date(start).toISOString(),
    conference_id: person?.conference.id ?? (type === 'conference' ? one.id : null), participant_id: person?.id ?? null, connection_id: connection?.id ?? null,
  });
  const where = (person) => `${person.conference.plugin} ${person.conference.room} on ${person.conference.server}`;
  const items = [
    ...world.conferences.filter((one) => has(one.room, q)).map((one) => hit('conference', 'room', one, one.room, `${one.plugin} on ${one.server}`, one.start)),
    ...world.people.filter((one) => has(one.display, q)).map((one) => hit('participant', 'display', one, one.display, where(one), one.joined, null, one)),
    ...world.flows.filter((one) => has(one.client, q)).map((one) => hit('flow', 'address', one, one.client, `to ${one.server}`, one.started, one.connection, one.connection?.person)),
    ...world.streams.filter((one) => String(one.ssrc) === q).map((one) => hit('stream', 'ssrc', one, String(one.ssrc), `${one.codec} ${one.kind} ${one.direction}, ${where(one.person)}`, one.start, one.connection, one.person)),
  ];
  return { items: items.slice(0, Number(query.limit ?? 100)), next: null };
}

function one(items, id, what) {
  const found = items.find((item) => item.id === id);
  if (!found) throw new Problem(404, 'Not Found', `there is no ${what} ${id}`);
  return found;
}

const kRoutes = {
  '/api/v1/session': () => ({ name: 'anybody', role: 'admin', by_login: false }),
  '/api/v1/stats': (api, _, __, options) => mock_stats(api.world, options),
  '/api/v1/conferences': conferences,
  '/api/v1/conferences/{id}': (api, _, id) => api.conference_detail(one(api.world.conferences, id, 'conference')),
  '/api/v1/participants': (api, query) => page(by_state(by_links(api.world.people.map((person) => api.participant(person)), query), query, 'left_at').reverse(), query),
  '/api/v1/participants/{id}': (api, _, id) => api.participant_detail(one(api.world.people, id, 'participant')),
  '/api/v1/participants/{id}/series': (api, query, id) =>
    api.series(one(api.world.people, id, 'participant'), Date.parse(query.from ?? '') || 0, Date.parse(query.to ?? '') || Infinity, query.resolution_s ? Number(query.resolution_s) : undefined),
  '/api/v1/connections/{id}/client_reports': (api, _, id) => api.client_reports(one(api.world.connections, id, 'connection')),
  '/api/v1/flows': flows,
  '/api/v1/events': events,
  '/api/v1/issues': issues,
  '/api/v1/search': search,
};

/** The JSON body for a path below /api/v1. Throws Problem. */
export function answer(world, options, path, query) {
  const template = template_of(path);
  const route = kRoutes[template];
  if (!route) throw new Problem(404, 'Not Found', `the mock server has no ${path}`);
  const [fault] = query_faults(template, query);
  if (fault) throw new Problem(400, 'Bad Request', fault);
  const id = path.split('/')[4];
  if (id && !/^[0-9a-f]{16}$/.test(id)) throw new Problem(400, 'Bad Request', 'id: 16 hexadecimal digits are wanted');
  return route(new MockApi(world), query, id, options);
}
