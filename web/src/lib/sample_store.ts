// Keeps what is known of each stream's reports, so that a poll asks only for what is new. Reports are final:
// they are added, never changed.
import type { Sample } from './model';

/** All reports of a stream that end after `from_ms` and start before `to_ms` (null: no bound), in order of time. */
export type SampleSource = (stream_id: string, from_ms: number | null, to_ms: number | null, signal: AbortSignal) => Promise<Sample[]>;

interface Known {
  samples: Sample[];
  /** Everything that ended after this and up to the last report is known; null: from the very beginning. */
  from_ms: number | null;
}

function merged(known: readonly Sample[], found: readonly Sample[]): Sample[] {
  const by_start = new Map([...known, ...found].map((sample) => [sample.start, sample]));
  return [...by_start.values()].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
}

export class SampleStore {
  readonly #source: SampleSource;
  readonly #known = new Map<string, Known>();

  constructor(source: SampleSource) {
    this.#source = source;
  }

  /** Reports of a stream since `from_ms` (null: all). `ended`: no more will come once they were asked for. */
  async load(stream_id: string, from_ms: number | null, ended: boolean, signal: AbortSignal): Promise<readonly Sample[]> {
    let known = this.#known.get(stream_id);
    if (!known) known = await this.#first(stream_id, from_ms, signal);
    else {
      if (known.from_ms !== null && (from_ms === null || from_ms < known.from_ms)) known = await this.#earlier(stream_id, known, from_ms, signal);
      if (!ended || known.samples.length === 0) known = await this.#later(stream_id, known, signal);
    }
    this.#known.set(stream_id, known);
    return known.samples;
  }

  async #first(stream_id: string, from_ms: number | null, signal: AbortSignal): Promise<Known> {
    return { samples: merged([], await this.#source(stream_id, from_ms, null, signal)), from_ms };
  }

  async #earlier(stream_id: string, known: Known, from_ms: number | null, signal: AbortSignal): Promise<Known> {
    const found = await this.#source(stream_id, from_ms, known.from_ms, signal);
    return { samples: merged(known.samples, found), from_ms };
  }

  async #later(stream_id: string, known: Known, signal: AbortSignal): Promise<Known> {
    const last = known.samples[known.samples.length - 1];
    const found = await this.#source(stream_id, last ? Date.parse(last.end) : known.from_ms, null, signal);
    // The same array when nothing came: nothing is drawn again.
    return found.some((sample) => !last || sample.start > last.start) ? { samples: merged(known.samples, found), from_ms: known.from_ms } : known;
  }
}
