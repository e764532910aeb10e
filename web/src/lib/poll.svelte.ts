import { ApiProblem } from './api_client';
import { pushed } from './pushed.svelte';

export const kPeriod_ms = 2000;
/** While the daemon says when something changed: figures that change without a word are still asked for. */
const kPushedPeriod_ms = 10_000;

/** Keeps asking while the page is visible. Start it from an $effect; what it returns stops it. */
export class Poll<T> {
  data = $state.raw<T | null>(null);
  error = $state.raw<ApiProblem | null>(null);
  last_answer_ms = $state.raw<number | null>(null);
  /** When asking began, or began again after the page was hidden. */
  watching_since_ms = $state.raw(Date.now());

  /** `follow` false: asks at its own pace, whatever is pushed. */
  run(load: (signal: AbortSignal) => Promise<T>, { period_ms = kPeriod_ms, follow = true } = {}): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let flight: AbortController | null = null;
    let asking = false;

    const ask = async (): Promise<void> => {
      const mine = new AbortController();
      asking = true;
      flight = mine;
      try {
        const data = await load(mine.signal);
        if (mine.signal.aborted) return;
        this.data = data;
        this.error = null;
        this.last_answer_ms = Date.now();
      } catch (error) {
        if (mine.signal.aborted) return;
        this.error = error instanceof ApiProblem ? error : new ApiProblem('The view failed', String(error), 0);
      }
      asking = false;
      timer = setTimeout(() => void ask(), follow && pushed.open ? Math.max(period_ms, kPushedPeriod_ms) : period_ms);
    };
    const stop = (): void => {
      clearTimeout(timer);
      flight?.abort();
    };
    const on_visibility = (): void => {
      stop();
      if (document.hidden) return;
      this.watching_since_ms = Date.now();
      void ask();
    };

    const forget = follow
      ? pushed.listen(() => {
          if (document.hidden || asking) return;
          clearTimeout(timer);
          void ask();
        })
      : () => {};
    document.addEventListener('visibilitychange', on_visibility);
    if (!document.hidden) void ask();
    return () => {
      document.removeEventListener('visibilitychange', on_visibility);
      forget();
      stop();
    };
  }
}
