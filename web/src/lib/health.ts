// The word for people, its order and its looks. The server judges (docs/metrics.md); this only shows it.

export const kHealthWords = ['bad', 'degraded', 'good', 'unknown'] as const;
export type HealthWord = (typeof kHealthWords)[number];

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

interface Judged {
  health: { word: string };
  ended: unknown;
}

/** Worst first; among equals live before ended, then as `tie` says. */
export function worst_first<T>(rows: readonly T[], judged: (row: T) => Judged, tie: (a: T, b: T) => number): T[] {
  return [...rows].sort((a, b) => {
    const [x, y] = [judged(a), judged(b)];
    return Number(Boolean(x.ended)) - Number(Boolean(y.ended)) || health_rank(x.health.word) - health_rank(y.health.word) || tie(a, b);
  });
}
