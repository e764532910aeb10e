import { expect, test } from 'vitest';
import { ordered_issues } from '../../src/lib/issues';
import type { Issue } from '../../src/lib/model';

const issue = (id: string, severity: Issue['severity'], started_at: string, ended_at: string | null) => ({ id, severity, started_at, ended_at }) as Issue;

test('what is open and critical comes first, what is over last and newest first', () => {
  const ids = ordered_issues([
    issue('over early', 'critical', '2026-11-21T10:00:00Z', '2026-11-21T10:01:00Z'),
    issue('over late', 'info', '2026-11-21T11:00:00Z', '2026-11-21T11:01:00Z'),
    issue('open info', 'info', '2026-11-21T12:00:00Z', null),
    issue('open warning late', 'warning', '2026-11-21T11:30:00Z', null),
    issue('open warning early', 'warning', '2026-11-21T09:00:00Z', null),
    issue('open critical', 'critical', '2026-11-21T08:00:00Z', null),
  ]).map(({ id }) => id);
  expect(ids).toEqual(['open critical', 'open warning late', 'open warning early', 'open info', 'over late', 'over early']);
});
