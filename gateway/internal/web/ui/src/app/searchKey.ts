type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'target'>;

/** Whether what has the focus takes letters. */
function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/**
 * Whether a key asks for the search: the slash, and the key that has it on a Latin keyboard, which writes
 * a full stop on a Russian one.
 */
export function asksForSearch(pressed: Pressed): boolean {
  if (pressed.altKey || pressed.ctrlKey || pressed.metaKey || takesText(pressed.target)) return false;
  return pressed.key === '/' || (pressed.code === 'Slash' && pressed.key === '.' && !pressed.shiftKey);
}
