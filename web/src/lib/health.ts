// The word for people, its order and its looks. The server judges (docs/metrics.md); this only shows it.
import type { HealthWord } from './model';

export const kHealthWords = ['bad', 'degraded', 'good', 'unknown'] as const satisfies readonly HealthWord[];

const kNames: Record<HealthWord, string> = { bad: 'Bad', degraded: 'Degraded', good: 'Good', unknown: 'Unknown' };

/** A word that this dashboard does not know yet counts as unknown, not as good. */
export function health_word(word: string | null | undefined): HealthWord {
  return kHealthWords.find((one) => one === word) ?? 'unknown';
}

export function health_name(word: HealthWord): string {
  return kNames[word];
}

/** 0 is worst. Unknown stands after good: it asks for less than any figure that was measured bad. */
export function health_rank(word: string | null | undefined): number {
  return kHealthWords.indexOf(health_word(word));
}

interface Ranked {
  health: string;
  ended: boolean;
}

/** The API's own order: worst first, among equals what lives before what is over, then as `tie` says. */
export function worst_first<T>(rows: readonly T[], ranked: (row: T) => Ranked, tie: (a: T, b: T) => number): T[] {
  return [...rows].sort((a, b) => {
    const [x, y] = [ranked(a), ranked(b)];
    return health_rank(x.health) - health_rank(y.health) || Number(x.ended) - Number(y.ended) || tie(a, b);
  });
}
