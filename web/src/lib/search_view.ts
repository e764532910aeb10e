// Where a search result leads, and what it is called.
import type { SearchResult } from './model';
import { href } from './url_state';

const kTypes: Record<SearchResult['type'], string> = { conference: 'Conference', participant: 'Participant', connection: 'Connection', flow: 'Flow', stream: 'Stream' };
const kMatches: Record<SearchResult['matched'], string> = { room: 'room', display: 'display name', user_id: 'user id', server_handle: 'handle', address: 'address', ufrag: 'ICE ufrag', ssrc: 'SSRC', id: 'id' };

export function result_type(type: SearchResult['type']): string {
  return kTypes[type] ?? type;
}

export function result_match(result: SearchResult): string {
  const matched = kMatches[result.matched] ?? result.matched;
  return result.similar ? `similar ${matched}` : matched;
}

/** The nearest page that shows it; null when there is none. */
export function result_href(result: SearchResult): string | null {
  if (result.type === 'conference') return href('conference', result.id);
  if (result.type === 'participant') return href('participant', result.id);
  if (result.participant_id) return href('participant', result.participant_id);
  if (result.conference_id) return href('conference', result.conference_id);
  return result.type === 'flow' ? href('flows', '', { q: result.matched === 'address' ? result.title : null, owner: 'unmatched' }) : null;
}
