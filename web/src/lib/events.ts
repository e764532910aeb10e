// What the timeline does with events beyond showing their own words.

export type EventTone = 'good' | 'bad' | 'plain';

export const kEventSources = [
  { source: 'feed', name: 'Server' },
  { source: 'packets', name: 'Packets' },
  { source: 'observer', name: 'rtcscope' },
] as const;

const kBad = /(fail|alert|error|timeout|slow_link|lost|destroyed_early|no_media|consent)/;
const kGood = /(connected|nominated|ready|webrtcup|published|joined)$/;

/** By the event's kind: trouble, progress or neither. Unknown kinds are plain. */
export function event_tone(kind: string): EventTone {
  if (kBad.test(kind)) return 'bad';
  return kGood.test(kind) && !kind.includes('dis') ? 'good' : 'plain';
}

export function source_name(source: string): string {
  return kEventSources.find((one) => one.source === source)?.name ?? source;
}
