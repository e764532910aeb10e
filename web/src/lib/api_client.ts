// The only place that fetches. Answers are asked for with their ETag, so an unchanged view costs a 304
// and hands back the very same object, which costs no redraw.

export type Query = Record<string, string | number | boolean | null | undefined>;

const kPatience_ms = 10_000;
const kCachedAnswers = 64;

/** What went wrong, in the words of RFC 9457 (problem details) or as near to it as could be told. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  /** `status` is 0 when there was no answer at all. */
  constructor(
    readonly title: string,
    readonly detail: string,
    readonly status: number,
  ) {
    super(detail ? `${title}: ${detail}` : title);
  }
}

interface CachedAnswer {
  etag: string;
  body: unknown;
}

/** Path and query; absent and empty parameters are left out. */
export function api_url(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

async function problem_of(response: Response): Promise<ApiProblem> {
  const fallback = `The server answered ${response.status}${response.statusText ? ` ${response.statusText}` : ''}`;
  if (!/[/+]json\b/.test(response.headers.get('content-type') ?? '')) {
    return new ApiProblem(fallback, '', response.status);
  }
  const body = (await response.json().catch(() => null)) as { title?: unknown; detail?: unknown } | null;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return new ApiProblem(text(body?.title) || fallback, text(body?.detail), response.status);
}

export class ApiClient {
  readonly #answers = new Map<string, CachedAnswer>();
  readonly #fetch: typeof fetch;
  readonly #on_stranger: () => void;

  /** `on_stranger` is called whenever an answer says that nobody is logged in (401). */
  constructor(fetcher: typeof fetch = (input, init) => globalThis.fetch(input, init), on_stranger: () => void = () => {}) {
    this.#fetch = fetcher;
    this.#on_stranger = on_stranger;
  }

  /** The JSON body; the same object as last time if nothing changed. Throws ApiProblem, or AbortError when aborted. */
  async get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    const url = api_url(path, query);
    const known = this.#answers.get(url);
    const headers: Record<string, string> = known ? { 'If-None-Match': known.etag } : {};
    const response = await this.#ask(url, { headers }, signal);
    if (response.status === 401) this.forget();
    if (response.status === 304 && known) {
      this.#keep(url, known);
      return known.body as T;
    }
    const body = await this.#body_of(url, response, signal);
    const etag = response.headers.get('etag');
    if (etag) this.#keep(url, { etag, body });
    return body as T;
  }

  /** Changes something; the JSON of the answer, null when it has none. Throws ApiProblem. */
  async post<T>(path: string, body: unknown): Promise<T> {
    // The header shows the daemon that this is its own dashboard and no form of another page.
    const headers = { 'Content-Type': 'application/json', 'X-Rtcscope-Csrf': '1' };
    return (await this.#body_of(path, await this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body) }))) as T;
  }

  /** What was answered to one person is not for the next. */
  forget(): void {
    this.#answers.clear();
    this.#on_stranger();
  }

  async #body_of(url: string, response: Response, signal?: AbortSignal): Promise<unknown> {
    if (!response.ok) throw await problem_of(response);
    if (response.status === 204) return null;
    return response.json().catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new ApiProblem('The answer could not be read', `${url} is not JSON`, response.status);
    });
  }

  async #ask(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
    const patience = AbortSignal.timeout(kPatience_ms);
    const headers = { Accept: 'application/json, application/problem+json', ...init.headers };
    try {
      return await this.#fetch(url, { ...init, headers, signal: signal ? AbortSignal.any([signal, patience]) : patience });
    } catch (error) {
      if (signal?.aborted) throw error;
      const why = patience.aborted ? `nothing came within ${kPatience_ms / 1000} s` : 'the connection failed';
      throw new ApiProblem('No answer from rtcscope', `${url}: ${why}`, 0);
    }
  }

  #keep(url: string, answer: CachedAnswer): void {
    this.#answers.delete(url);
    this.#answers.set(url, answer);
    if (this.#answers.size > kCachedAnswers) this.#answers.delete(this.#answers.keys().next().value!);
  }
}
