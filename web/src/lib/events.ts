// What the timeline does with events beyond showing their own words.

export type EventTone = 'good' | 'bad' | 'plain';

export const kEventSources = [
  { source: 'feed', name: 'Server' },
  { source: 'packets', name: 'Packets' },
  { source: 'observer', name: 'rtcscope' },
] as const;

/** Shapes, so that the tone can be told without colour. */
export const kEventMarks: Record<EventTone, string> = { bad: '▲', good: '✓', plain: '·' };

/** Offered where a kind is asked for; the list need not be complete. */
export const kKnownKinds = [
  'joined', 'left', 'published', 'unpublished', 'subscribed', 'ice_first_check', 'ice_connected', 'ice_nominated', 'ice_disconnected',
  'ice_failed', 'ice_pair_failed', 'ice_pair_switched', 'ice_restarted', 'ice_consent_lost', 'turn_allocated', 'turn_error', 'turn_released',
  'dtls_client_hello', 'dtls_connected', 'dtls_failed', 'dtls_alert', 'media_up', 'media_started', 'media_stopped',
  'slow_link', 'stream_started', 'hangup', 'flow_ended', 'server_started', 'server_stopped',
];

const kBad = /(fail|alert|error|consent_lost|timeout|slow_link|disconnected|media_stopped|kicked|server_stopped)/;
const kGood = /(connected|nominated|media_up|media_started|published|joined)$/;

/** By the event's kind: trouble, progress or neither. Unknown kinds are plain. */
export function event_tone(kind: string): EventTone {
  if (kBad.test(kind)) return 'bad';
  return kGood.test(kind) && kind !== 'unpublished' ? 'good' : 'plain';
}

export function source_name(source: string): string {
  return kEventSources.find((one) => one.source === source)?.name ?? source;
}
