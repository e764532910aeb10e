// The entities of the API by their own names; the shapes are generated from docs/api/openapi.yaml.
import type { components } from './api_types';

type Schemas = components['schemas'];

export type Page<T> = { items: T[]; next: string | null };
export type HealthWord = Schemas['HealthWord'];
export type Figures = NonNullable<Schemas['Figures']>;
export type Conference = Schemas['Conference'];
export type ConferenceDetail = Schemas['ConferenceDetail'];
export type ConferenceName = Schemas['ConferenceName'];
export type Participant = Schemas['Participant'];
export type ParticipantWithConnections = Schemas['ParticipantWithConnections'];
export type ParticipantDetail = Schemas['ParticipantDetail'];
export type ParticipantSeries = Schemas['ParticipantSeries'];
export type Session = Schemas['Session'];
export type Caller = Schemas['Caller'];
export type Connection = Schemas['Connection'];
export type ClientConnection = Schemas['ClientConnection'];
export type Evidence = Schemas['Evidence'];
export type Flow = Schemas['Flow'];
export type Stream = Schemas['Stream'];
export type Event = Schemas['Event'];
export type Issue = Schemas['Issue'];
export type SearchResult = Schemas['SearchResult'];
export type Stats = Schemas['Stats'];
export type Probe = Schemas['Probe'];

/** What is judged: the word, and why in plain English. */
export type Judged = Pick<Conference, 'health' | 'health_reason'>;
