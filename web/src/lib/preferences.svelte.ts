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
  theme = $state<Theme>(document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark');
  zone = $state<Zone>(stored('zone') === 'utc' ? 'utc' : 'local');

  toggle_theme(): void {
    this.theme = this.theme === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = this.theme;
    store('theme', this.theme);
  }

  toggle_zone(): void {
    this.zone = this.zone === 'utc' ? 'local' : 'utc';
    store('zone', this.zone);
  }
}

export const preferences = new Preferences();
