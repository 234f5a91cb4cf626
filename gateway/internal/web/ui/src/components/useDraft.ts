import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

/** Compares plain data by what it says, not by the order of its keys. An empty text says as much as none. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a === '' ? undefined : a, b === '' ? undefined : b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

/**
 * What is being edited beside what is saved. A newer saved state replaces the draft only while nothing
 * was changed, so that nobody's typing is lost. How often the draft was replaced by what is saved tells
 * editors that hold a text of their own when to take the new one.
 */
export function useDraft<T extends object>(saved: T) {
  const [{ draft, replaced }, setState] = useState({ draft: saved, replaced: 0 });
  const base = useRef(saved);
  useEffect(() => {
    if (same(base.current, saved)) return;
    const before = base.current;
    base.current = saved;
    setState((now) => (same(now.draft, before) ? { draft: saved, replaced: now.replaced + 1 } : now));
  }, [saved]);
  const change = useCallback(
    (part: Partial<T>) => setState((now) => ({ ...now, draft: { ...now.draft, ...part } })),
    [],
  );
  const reset = useCallback(() => setState((now) => ({ draft: base.current, replaced: now.replaced + 1 })), []);
  const changed = useMemo(
    () => (Object.keys({ ...saved, ...draft }) as (keyof T)[]).filter((key) => !same(saved[key], draft[key])),
    [saved, draft],
  );
  return { draft, change, reset, changed, dirty: changed.length > 0, replaced };
}
