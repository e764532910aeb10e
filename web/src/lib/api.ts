// Every question the dashboard asks. Paths and parameters are those of docs/api/openapi.yaml.
import { ApiClient, type Query } from './api_client';
import type { Conference, Connection, Event, Flow, Page, Participant, Sample, SearchResult, Stats, Stream } from './model';

const client = new ApiClient();
const kApi = '/api/v1';
const kMost = 500; // the largest page the API gives

const get = <T>(path: string, signal: AbortSignal, query: Query = {}) => client.get<T>(`${kApi}/${path}`, query, signal);
const items = async <T>(path: string, signal: AbortSignal, query: Query) => (await get<Page<T>>(path, signal, { limit: kMost, ...query })).items;
const by_id = (collection: string, id: string) => `${collection}/${encodeURIComponent(id)}`;

export const api = {
  stats: (signal: AbortSignal) => get<Stats>('stats', signal),
  conferences: (query: Query, signal: AbortSignal) => get<Page<Conference>>('conferences', signal, query),
  search: (q: string, signal: AbortSignal) => get<Page<SearchResult>>('search', signal, { q, limit: 100 }),

  async conference_view(id: string, signal: AbortSignal) {
    const of = { conference_id: id };
    const [conference, participants, connections, flows, events] = await Promise.all([
      get<Conference>(by_id('conferences', id), signal),
      items<Participant>('participants', signal, of),
      items<Connection>('connections', signal, of),
      items<Flow>('flows', signal, of),
      items<Event>('events', signal, of),
    ]);
    return { conference, participants, connections, flows, events };
  },

  async participant_view(id: string, signal: AbortSignal) {
    const of = { participant_id: id };
    const participant = await get<Participant>(by_id('participants', id), signal);
    const [conference, peers, streams, connections, flows, events] = await Promise.all([
      get<Conference>(by_id('conferences', participant.conference_id), signal),
      items<Participant>('participants', signal, { conference_id: participant.conference_id }),
      items<Stream>('streams', signal, of),
      items<Connection>('connections', signal, of),
      items<Flow>('flows', signal, of),
      items<Event>('events', signal, of),
    ]);
    return { participant, conference, peers, streams, connections, flows, events };
  },

  /** Page after page; see SampleSource. */
  async samples(stream_id: string, from_ms: number | null, to_ms: number | null, signal: AbortSignal): Promise<Sample[]> {
    const bound = (ms: number | null) => (ms === null ? undefined : new Date(ms).toISOString());
    const found: Sample[] = [];
    let cursor: string | null = null;
    do {
      const query: Query = { limit: kMost, from: bound(from_ms), to: bound(to_ms), cursor };
      const page: Page<Sample> = await get<Page<Sample>>(`${by_id('streams', stream_id)}/samples`, signal, query);
      found.push(...page.items);
      cursor = page.next;
    } while (cursor);
    return found;
  },

  async flows_view(query: { owner: string; cursor?: string }, signal: AbortSignal) {
    const matched = { matched: true, unmatched: false, all: undefined }[query.owner];
    const page = await get<Page<Flow>>('flows', signal, { matched, cursor: query.cursor, limit: 100 });
    return { items: page.items.map((flow) => ({ flow, owner: flow.participant_id ?? '', owner_href: flow.participant_id ? `/participants/${flow.participant_id}` : null })), next: page.next };
  },
};
