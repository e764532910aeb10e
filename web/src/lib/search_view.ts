// Where a search result leads.
import type { SearchResult } from './model';
import { href } from './url_state';

const kTypes: Record<string, string> = { conference: 'Conference', participant: 'Participant', session: 'Session', connection: 'Connection', stream: 'Stream', flow: 'Flow', host: 'Host' };

export function result_type(type: string): string {
  return kTypes[type] ?? type;
}

/** The nearest page that shows it; null when there is none. */
export function result_href(result: SearchResult): string | null {
  if (result.type === 'conference') return href('conference', result.id);
  if (result.type === 'participant') return href('participant', result.id);
  if (result.participant_id) return href('participant', result.participant_id);
  if (result.conference_id) return href('conference', result.conference_id);
  return result.type === 'flow' ? href('flows', '', { q: result.title }) : null;
}
