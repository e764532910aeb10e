// The address bar is the view's state: what one person sees, another gets from the link.

export type Page = 'conferences' | 'conference' | 'participant' | 'flows' | 'events' | 'search' | 'system' | 'lost';

export interface Location {
  page: Page;
  /** Of the conference or participant; '' on pages without one. */
  id: string;
  query: Record<string, string>;
}

const kPages: Record<string, Page> = { '': 'conferences', conferences: 'conferences', flows: 'flows', events: 'events', search: 'search', system: 'system' };
const kDetailPages: Record<string, Page> = { conferences: 'conference', participants: 'participant' };

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Page, id and query of a path such as "/conferences/17?direction=uplink"; page `lost` when none fits. */
export function parse_location(path: string, search = ''): Location {
  const parts = path.split('/').filter((part) => part !== '');
  const query = Object.fromEntries(new URLSearchParams(search));
  const lost: Location = { page: 'lost', id: '', query };
  if (parts.length <= 1) {
    const page = Object.hasOwn(kPages, parts[0] ?? '') ? kPages[parts[0] ?? ''] : undefined;
    return page ? { page, id: '', query } : lost;
  }
  const page = Object.hasOwn(kDetailPages, parts[0]!) ? kDetailPages[parts[0]!] : undefined;
  const id = decoded(parts[1]!);
  return page && id && parts.length === 2 ? { page, id, query } : lost;
}

type QueryValue = string | number | null | undefined;

/** Path and query; absent and empty values are left out so that equal states have equal addresses. */
export function href(page: Page, id = '', query: Record<string, QueryValue> = {}): string {
  const detail = page === 'conference' ? 'conferences' : page === 'participant' ? 'participants' : null;
  const path = detail ? `/${detail}/${encodeURIComponent(id)}` : page === 'conferences' ? '/' : `/${page}`;
  const parameters = new URLSearchParams();
  for (const key of Object.keys(query).sort()) {
    const value = query[key];
    if (value !== null && value !== undefined && value !== '') parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** One of the allowed values, or the first of them when the query holds something else. */
export function choice<T extends string>(value: string | undefined, allowed: readonly [T, ...T[]]): T {
  return allowed.find((one) => one === value) ?? allowed[0];
}

export interface Sort {
  key: string;
  descending: boolean;
}

/** "-packets" is descending by packets. */
export function parse_sort(text: string | undefined, fallback: string): Sort {
  const value = text || fallback;
  return value.startsWith('-') ? { key: value.slice(1), descending: true } : { key: value, descending: false };
}

export function format_sort(sort: Sort): string {
  return sort.descending ? `-${sort.key}` : sort.key;
}

/** A column head was pressed: the same column turns round, a new one starts with its largest figures. */
export function next_sort(current: Sort, key: string, numeric: boolean): Sort {
  if (current.key === key) return { key, descending: !current.descending };
  return { key, descending: numeric };
}

/** Range of a chart in the address: "from" and "to" are epoch milliseconds. */
export function parse_range(query: Record<string, string>): [number, number] | null {
  const from = Number(query['from']);
  const to = Number(query['to']);
  return query['from'] && query['to'] && Number.isFinite(from) && Number.isFinite(to) && to > from ? [from, to] : null;
}
