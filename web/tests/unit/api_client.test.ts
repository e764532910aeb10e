import { describe, expect, it } from 'vitest';
import { ApiClient, ApiProblem, api_url } from '../../src/lib/api_client';

function client(...answers: (Response | Error)[]) {
  const asked: { url: string; headers: Record<string, string> }[] = [];
  const fetcher = async (input: unknown, init?: RequestInit) => {
    asked.push({ url: String(input), headers: init?.headers as Record<string, string> });
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const strangers: string[] = [];
  return { api: new ApiClient(fetcher as typeof fetch, () => strangers.push('')), asked, strangers };
}

const json = (body: unknown, init: ResponseInit = {}) =>
  new Response(JSON.stringify(body), { ...init, headers: { 'content-type': 'application/json', ...init.headers } });

describe('ApiClient', () => {
  it('asks conditionally and hands the same object back when nothing changed', async () => {
    const { api, asked } = client(json({ a: 1 }, { headers: { etag: 'W/"1"' } }), new Response(null, { status: 304 }));
    const first = await api.get('/x', { q: 'a b' });
    const second = await api.get('/x', { q: 'a b' });
    expect(second).toBe(first);
    expect(asked[0]!.headers['If-None-Match']).toBeUndefined();
    expect(asked[1]!.headers['If-None-Match']).toBe('W/"1"');
    expect(asked[1]!.url).toBe('/x?q=a+b');
  });

  it('says when nobody is logged in, and forgets what it knew', async () => {
    const { api, asked, strangers } = client(json({ a: 1 }, { headers: { etag: 'W/"1"' } }), json({}, { status: 401 }), json({ a: 2 }));
    await api.get('/x');
    await expect(api.get('/x')).rejects.toMatchObject({ status: 401 });
    expect(strangers).toHaveLength(1);
    await api.get('/x');
    expect(asked[2]!.headers['If-None-Match']).toBeUndefined();
  });

  it('marks its changes as its own', async () => {
    const { api, asked } = client(new Response(null, { status: 204 }));
    expect(await api.post('/x', { a: 1 })).toBeNull();
    expect(asked[0]!.headers).toMatchObject({ 'Content-Type': 'application/json', 'X-Rtcscope-Csrf': '1' });
  });

  it('shows the title and detail of a problem', async () => {
    const body = { type: 'about:blank', title: 'Bad parameter', status: 400, detail: 'limit: 1..500' };
    const { api } = client(json(body, { status: 400, headers: { 'content-type': 'application/problem+json' } }));
    await expect(api.get('/x')).rejects.toMatchObject({ title: 'Bad parameter', detail: 'limit: 1..500', status: 400 });
  });

  it('makes a title when the server gives none', async () => {
    const { api } = client(new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));
    await expect(api.get('/x')).rejects.toMatchObject({ title: 'The server answered 502 Bad Gateway', status: 502 });
  });

  it('names silence', async () => {
    const { api } = client(new TypeError('fetch failed'));
    const problem = await api.get('/x').catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({ title: 'No answer from rtcscope', status: 0 });
  });

  it('refuses an answer that is not JSON', async () => {
    const { api } = client(new Response('hello', { headers: { 'content-type': 'application/json' } }));
    await expect(api.get('/x')).rejects.toMatchObject({ title: 'The answer could not be read' });
  });

  it('an aborted question is an abort, not a problem', async () => {
    const abort = new AbortController();
    abort.abort();
    const { api } = client(new DOMException('aborted', 'AbortError'));
    await expect(api.get('/x', {}, abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('api_url leaves out what is not set', () => {
  expect(api_url('/x', { a: null, b: undefined, c: '', d: 0, e: false })).toBe('/x?d=0&e=false');
  expect(api_url('/x')).toBe('/x');
});
