// Is what stands on the screen still true? A calm wall fed by a dead stream is the worst fault of a dashboard.

export const kSilence_ms = 5000;

export type Liveness = 'starting' | 'live' | 'no_answer' | 'clock_stopped';

export interface LivenessFacts {
  now_ms: number;
  /** When polling began or was taken up again (a hidden page does not poll). */
  watching_since_ms: number;
  last_answer_ms: number | null;
  /** When the data clock last had a new value, by the browser's own clock. */
  clock_moved_ms: number | null;
  live_conferences: number;
  /** A replay has come to its end: no more data will come. */
  finished: boolean;
}

/** The data clock may stand still when nobody is in a conference: an idle host, or a replay that has ended. */
export function liveness(facts: LivenessFacts): Liveness {
  const answered_ms = Math.max(facts.last_answer_ms ?? 0, facts.watching_since_ms);
  if (facts.now_ms - answered_ms > kSilence_ms) return 'no_answer';
  if (facts.last_answer_ms === null) return 'starting';
  const moved_ms = Math.max(facts.clock_moved_ms ?? 0, facts.watching_since_ms);
  if (!facts.finished && facts.live_conferences > 0 && facts.now_ms - moved_ms > kSilence_ms) return 'clock_stopped';
  return 'live';
}
