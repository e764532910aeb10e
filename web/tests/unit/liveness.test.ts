import { expect, it } from 'vitest';
import { liveness } from '../../src/lib/liveness';

const facts = { now_ms: 100_000, watching_since_ms: 0, last_answer_ms: 99_000, clock_moved_ms: 99_000, live_conferences: 3, finished: false };

it.each([
  ['answers come and the clock moves', {}, 'live'],
  ['no answer for 5 s is not yet silence', { last_answer_ms: 95_000 }, 'live'],
  ['no answer for more than 5 s', { last_answer_ms: 94_999 }, 'no_answer'],
  ['never an answer', { last_answer_ms: null }, 'no_answer'],
  ['the first question is on its way', { last_answer_ms: null, watching_since_ms: 99_500 }, 'starting'],
  ['the clock stands while people talk', { clock_moved_ms: 94_000 }, 'clock_stopped'],
  ['the clock may stand when nobody talks', { clock_moved_ms: 94_000, live_conferences: 0 }, 'live'],
  ['the clock may stand when a replay is over', { clock_moved_ms: 94_000, finished: true }, 'live'],
  ['silence after the end of a replay is told', { last_answer_ms: 90_000, finished: true }, 'no_answer'],
  ['the page was hidden until just now', { last_answer_ms: 20_000, clock_moved_ms: 20_000, watching_since_ms: 98_000 }, 'live'],
])('%s', (_, change, want) => expect(liveness({ ...facts, ...change })).toBe(want));
