// Keys that work everywhere. Rows are ordinary links (or buttons) marked data-row, so Enter and screen readers need nothing.

export interface KeyActions {
  search: () => void;
  help: () => void;
  back: () => void;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Moves the focus to the next (+1) or previous (-1) row of the page; the first key takes the first row. */
export function move_row(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next]!.focus();
  rows[next]!.scrollIntoView({ block: 'nearest' });
}

export function install_keyboard(actions: KeyActions): () => void {
  const on_key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]')) return; // the dialog has its own keys
    if (typing(event.target)) {
      if (event.key === 'Escape') (event.target as HTMLElement).blur();
      return;
    }
    const action = {
      '/': actions.search,
      '?': actions.help,
      Escape: actions.back,
      j: () => move_row(1),
      k: () => move_row(-1),
    }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  document.addEventListener('keydown', on_key);
  return () => document.removeEventListener('keydown', on_key);
}
