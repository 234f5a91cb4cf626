import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

/** Compares plain data by what it says, not by the order of its keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

/**
 * What is being edited beside what is saved. A newer saved state replaces the draft only while nothing
 * was changed, so that nobody's typing is lost.
 */
export function useDraft<T extends object>(saved: T) {
  const [draft, setDraft] = useState(saved);
  const base = useRef(saved);
  useEffect(() => {
    if (same(base.current, saved)) return;
    const before = base.current;
    base.current = saved;
    setDraft((now) => (same(now, before) ? saved : now));
  }, [saved]);
  const change = useCallback((part: Partial<T>) => setDraft((now) => ({ ...now, ...part })), []);
  const reset = useCallback(() => setDraft(base.current), []);
  const changed = useMemo(
    () => (Object.keys({ ...saved, ...draft }) as (keyof T)[]).filter((key) => !same(saved[key], draft[key])),
    [saved, draft],
  );
  return { draft, change, reset, changed, dirty: changed.length > 0 };
}
