import { describe, expect, it } from 'vitest';
import * as u from '../../src/lib/url_state';

describe('parse_location', () => {
  it.each([
    ['/', 'conferences', ''],
    ['/conferences', 'conferences', ''],
    ['/conferences/42', 'conference', '42'],
    ['/participants/a%2Fb/', 'participant', 'a/b'],
    ['/flows', 'flows', ''],
    ['/events', 'events', ''],
    ['/system', 'system', ''],
    ['/search', 'search', ''],
    ['/nowhere', 'lost', ''],
    ['/constructor', 'lost', ''],
    ['/flows/1', 'lost', ''],
    ['/conferences/1/2', 'lost', ''],
    ['/conferences/%E0%A4%A', 'lost', ''],
  ])('%s is page %s, id "%s"', (path, page, id) => expect(u.parse_location(path)).toMatchObject({ page, id }));

  it('keeps the query', () => {
    expect(u.parse_location('/', '?state=live&q=a%20b').query).toEqual({ state: 'live', q: 'a b' });
  });
});

describe('href', () => {
  it('comes back from parse_location', () => {
    const address = u.href('participant', 'a/b', { to: 5, from: 2, q: 'ä &' });
    const url = new URL(address, 'http://x');
    expect(u.parse_location(url.pathname, url.search)).toEqual({ page: 'participant', id: 'a/b', query: { from: '2', to: '5', q: 'ä &' } });
  });
  it('leaves out what is not set, and has one form for one state', () => {
    expect(u.href('conferences', '', { q: '', state: null, from: undefined })).toBe('/');
    expect(u.href('flows', '', { b: 1, a: 2 })).toBe(u.href('flows', '', { a: 2, b: 1 }));
  });
});

describe('choice', () => {
  it('falls back to the first', () => {
    expect(u.choice('ended', ['all', 'live', 'ended'])).toBe('ended');
    expect(u.choice('rubbish', ['all', 'live', 'ended'])).toBe('all');
    expect(u.choice(undefined, ['all', 'live'])).toBe('all');
  });
});

describe('sort', () => {
  it('turns round on the same column and starts numbers with the largest', () => {
    const sort = u.parse_sort(undefined, '-packets');
    expect(sort).toEqual({ key: 'packets', descending: true });
    expect(u.next_sort(sort, 'packets', true)).toEqual({ key: 'packets', descending: false });
    expect(u.next_sort(sort, 'owner', false)).toEqual({ key: 'owner', descending: false });
    expect(u.format_sort(u.next_sort(sort, 'bytes', true))).toBe('-bytes');
  });
});

describe('parse_range', () => {
  it('needs two numbers in order', () => {
    expect(u.parse_range({ from: '10', to: '20' })).toEqual([10, 20]);
    expect(u.parse_range({ from: '20', to: '10' })).toBeNull();
    expect(u.parse_range({ from: 'x', to: '10' })).toBeNull();
    expect(u.parse_range({ from: '10' })).toBeNull();
  });
});
