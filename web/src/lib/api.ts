// Every question the dashboard asks. Paths and parameters are those of docs/api/openapi.yaml.
import { ApiClient, type Query } from './api_client';
import { session } from './session.svelte';
import type { Caller, ClientConnection, Conference, ConferenceDetail, Event, Flow, Issue, Page, Participant, ParticipantDetail, ParticipantSeries, SearchResult, Stats } from './model';

const client = new ApiClient(undefined, () => session.lock());
const kApi = '/api/v1';
const kMostReported = 8; // connections of one participant: each is a question of its own
const kMost = 500; // the largest page the API gives

const get = <T>(path: string, signal: AbortSignal, query: Query = {}) => client.get<T>(`${kApi}/${path}`, query, signal);
const by_id = (collection: string, id: string) => `${collection}/${encodeURIComponent(id)}`;
const iso = (time_ms: number | null) => (time_ms === null ? null : new Date(time_ms).toISOString());

export interface ConferenceView {
  conference: ConferenceDetail;
  flows: Flow[];
  events: Page<Event>;
}

export interface ParticipantView {
  participant: ParticipantDetail;
  /** Everybody in the same conference; they give downlink streams their names. */
  peers: Participant[];
  flows: Flow[];
  events: Page<Event>;
}

/** Where the browser itself fetches a connection's packets from. */
export function capture_url(connection_id: string): string {
  return `${kApi}/${by_id('connections', connection_id)}/capture`;
}

export const api = {
  session: (signal: AbortSignal) => get<Caller>('session', signal),
  log_in: (token: string) => client.post<Caller>(`${kApi}/login`, { token }),
  async log_out(): Promise<void> {
    await client.post<null>(`${kApi}/logout`, {});
    client.forget();
  },

  stats: (signal: AbortSignal) => get<Stats>('stats', signal),
  conferences: (query: Query, signal: AbortSignal) => get<Page<Conference>>('conferences', signal, query),
  participant: (id: string, signal: AbortSignal) => get<ParticipantDetail>(by_id('participants', id), signal),
  flows: (query: Query, signal: AbortSignal) => get<Page<Flow>>('flows', signal, query),
  events: (query: Query, signal: AbortSignal) => get<Page<Event>>('events', signal, query),
  issues: (query: Query, signal: AbortSignal) => get<Page<Issue>>('issues', signal, query),
  search: (q: string, signal: AbortSignal) => get<Page<SearchResult>>('search', signal, { q }),

  async conference_view(id: string, signal: AbortSignal): Promise<ConferenceView> {
    const of = { conference_id: id, limit: kMost };
    const [conference, flows, events] = await Promise.all([
      get<ConferenceDetail>(by_id('conferences', id), signal),
      get<Page<Flow>>('flows', signal, of),
      get<Page<Event>>('events', signal, of),
    ]);
    return { conference, flows: flows.items, events };
  },

  async participant_view(id: string, signal: AbortSignal): Promise<ParticipantView> {
    const of = { participant_id: id, limit: kMost };
    const [participant, flows, events] = await Promise.all([
      get<ParticipantDetail>(by_id('participants', id), signal),
      get<Page<Flow>>('flows', signal, of),
      get<Page<Event>>('events', signal, of),
    ]);
    const { conference_id } = participant;
    const peers = conference_id === null ? [] : (await get<Page<Participant>>('participants', signal, { conference_id, limit: kMost })).items;
    return { participant, peers, flows: flows.items, events };
  },

  /** What the clients of the newest of these connections reported. */
  async client_reports(connections: readonly string[], signal: AbortSignal): Promise<ClientConnection[]> {
    const asked = connections.slice(-kMostReported);
    const answers = await Promise.all(asked.map((id) => get<{ items: ClientConnection[] }>(`${by_id('connections', id)}/client_reports`, signal)));
    // A certificate may be that of two connections: each report once.
    return [...new Map(answers.flatMap((answer) => answer.items).map((one) => [one.id, one])).values()];
  },

  /** All streams of a participant between two times (null: no bound), at a resolution that the API chooses. */
  series: (id: string, from_ms: number | null, to_ms: number | null, signal: AbortSignal) =>
    get<ParticipantSeries>(`${by_id('participants', id)}/series`, signal, { from: iso(from_ms), to: iso(to_ms) }),
};
