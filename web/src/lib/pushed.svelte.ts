// What the daemon pushes. It only says that something changed: each view asks for itself what it is now.
const kApi = '/api/v1/live';
// The store writes a moment after the change was told.
const kSettle_ms = 700;

type Listener = () => void;

class Pushed {
  /** True while the stream is open: then views need not ask as often. */
  open = $state(false);
  readonly #listeners = new Set<Listener>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `listener` a moment after anything changed, at most about once a second. Returns how to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs until what it returns is called. The browser comes again by itself when the stream breaks. */
  start(): () => void {
    let source: EventSource | null = null;
    const close = (): void => {
      source?.close();
      source = null;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.open = false;
    };
    // A browser has few connections to one server: a tab that nobody sees holds none.
    const on_visibility = (): void => {
      close();
      if (!document.hidden) source = this.#connect();
    };
    document.addEventListener('visibilitychange', on_visibility);
    on_visibility();
    return () => {
      document.removeEventListener('visibilitychange', on_visibility);
      close();
    };
  }

  #connect(): EventSource {
    const source = new EventSource(`${kApi}?topics=conferences,events`);
    source.onopen = () => (this.open = true);
    source.onerror = () => (this.open = false);
    for (const name of ['changed', 'event', 'overflow']) source.addEventListener(name, () => this.#tell());
    return source;
  }

  #tell(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const listener of this.#listeners) listener();
    }, kSettle_ms);
  }
}

export const pushed = new Pushed();
