// Whether the dashboard may look at all, and as whom.
import type { Caller } from './model';

class SessionState {
  /** True once the daemon said that it does not know us: the login page stands in the place of every view. */
  locked = $state(false);
  /** Null until the daemon said. */
  who = $state.raw<Caller | null>(null);

  lock(): void {
    this.locked = true;
    this.who = null;
  }
  unlock(who: Caller): void {
    this.who = who;
    this.locked = false;
  }
}

export const session = new SessionState();
