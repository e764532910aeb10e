import type { Issue } from './model';

/** Beside the word, so that colour is not all that tells them apart. */
export const kSeverityMarks: Record<Issue['severity'], string> = { critical: '■', warning: '▲', info: '●' };

const kRanks: Record<Issue['severity'], number> = { critical: 0, warning: 1, info: 2 };

/** What is still wrong first, worst of it before the rest; then what is over, newest first. */
export function ordered_issues(issues: readonly Issue[]): Issue[] {
  return [...issues].sort((a, b) => {
    const open = Number(a.ended_at !== null) - Number(b.ended_at !== null);
    if (open !== 0) return open;
    const rank = a.ended_at === null ? kRanks[a.severity] - kRanks[b.severity] : 0;
    return rank !== 0 ? rank : b.started_at.localeCompare(a.started_at);
  });
}
