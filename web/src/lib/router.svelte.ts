import { parse_location, type Location } from './url_state';

class Router {
  location = $state.raw<Location>(parse_location(window.location.pathname, window.location.search));

  constructor() {
    window.addEventListener('popstate', () => this.#read());
    document.addEventListener('click', (event) => this.#on_click(event));
  }

  go(address: string): void {
    if (address === window.location.pathname + window.location.search) return;
    history.pushState(null, '', address);
    this.#read();
    window.scrollTo(0, 0);
  }

  /** For view state that is not a step of its own: a filter being typed, a sort order. */
  replace(address: string): void {
    history.replaceState(null, '', address);
    this.#read();
  }

  #read(): void {
    this.location = parse_location(window.location.pathname, window.location.search);
  }

  #on_click(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const anchor = event.target instanceof Element ? event.target.closest('a') : null;
    if (!anchor || anchor.target || anchor.hasAttribute('download') || anchor.origin !== window.location.origin) return;
    if (anchor.hash || anchor.pathname.startsWith('/api/')) return;
    event.preventDefault();
    this.go(anchor.pathname + anchor.search);
  }
}

export const router = new Router();
