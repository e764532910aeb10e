import type { Zone } from './format';

export type Theme = 'dark' | 'light';

function stored(key: string): string | null {
  try {
    return localStorage.getItem(`rtcscope.${key}`);
  } catch {
    return null; // storage may be forbidden; the choice then lasts as long as the page
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(`rtcscope.${key}`, value);
  } catch {
    // As above.
  }
}

/** Of this browser, not of the view: these do not belong into the address. */
class Preferences {
  readonly #system = window.matchMedia('(prefers-color-scheme: light)');
  #chosen = $state<string | null>(stored('theme'));
  #system_light = $state(this.#system.matches);
  /** The system's, until one was chosen by hand. */
  readonly theme: Theme = $derived(this.#chosen === 'light' || this.#chosen === 'dark' ? this.#chosen : this.#system_light ? 'light' : 'dark');
  zone = $state<Zone>(stored('zone') === 'utc' ? 'utc' : 'local');

  constructor() {
    this.#system.addEventListener('change', (event) => (this.#system_light = event.matches));
  }

  toggle_theme(): void {
    const theme = this.theme === 'dark' ? 'light' : 'dark';
    this.#chosen = theme;
    document.documentElement.dataset['theme'] = theme; // as theme.js does before the first paint
    store('theme', theme);
  }

  toggle_zone(): void {
    this.zone = this.zone === 'utc' ? 'local' : 'utc';
    store('zone', this.zone);
  }
}

export const preferences = new Preferences();
