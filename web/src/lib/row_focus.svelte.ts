import { tick } from 'svelte';

/** Rows that change places are taken out of the document for a moment and lose the focus; this gives it back. */
export function keep_row_focus(rows: () => unknown): void {
  $effect.pre(() => {
    rows();
    const held = document.activeElement;
    if (!(held instanceof HTMLElement) || !held.matches('[data-row]')) return;
    void tick().then(() => {
      if (held.isConnected && document.activeElement === document.body) held.focus({ preventScroll: true });
    });
  });
}
