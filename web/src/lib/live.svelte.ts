// What every page knows: the state of rtcscope itself, and whether what it shows is still true.
import { api } from './api';
import { parse_time } from './format';
import { liveness, type Liveness } from './liveness';
import type { Stats } from './model';
import { Poll } from './poll.svelte';

class Live {
  readonly #poll = new Poll<Stats>();
  #clock: string | null = null;
  #clock_moved_ms = $state.raw<number | null>(null);
  /** The browser's clock, every second. */
  now_ms = $state.raw(Date.now());

  /** Of the last answer, also while none comes. */
  get stats(): Stats | null {
    return this.#poll.data;
  }
  get problem() {
    return this.#poll.error;
  }
  get last_answer_ms(): number | null {
    return this.#poll.last_answer_ms;
  }
  readonly liveness: Liveness = $derived(
    liveness({
      now_ms: this.now_ms,
      watching_since_ms: this.#poll.watching_since_ms,
      last_answer_ms: this.#poll.last_answer_ms,
      clock_moved_ms: this.#clock_moved_ms,
      live_conferences: this.#poll.data?.live_conferences ?? 0,
      finished: this.#poll.data?.finished ?? false,
    }),
  );

  /** The newest time the data knows; the browser's clock as long as it knows none. */
  get clock_ms(): number {
    return parse_time(this.stats?.clock) ?? this.now_ms;
  }

  /** Runs until what it returns is called. */
  start(): () => void {
    const stop = this.#poll.run(async (signal) => {
      const stats = await api.stats(signal);
      if (stats.clock !== this.#clock) {
        this.#clock = stats.clock;
        this.#clock_moved_ms = Date.now();
      }
      return stats;
    }, { follow: false });
    const timer = setInterval(() => (this.now_ms = Date.now()), 1000);
    return () => {
      clearInterval(timer);
      stop();
    };
  }
}

export const live = new Live();
