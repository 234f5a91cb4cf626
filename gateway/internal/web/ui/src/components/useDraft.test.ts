import { act, renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { useDraft } from './useDraft';

describe('a draft', () => {
  it('knows what was changed', () => {
    const { result } = renderHook(() => useDraft({ stage: 'kdsReady', quiet: { from: '', to: '' } }));
    expect(result.current.dirty).toBe(false);
    act(() => result.current.change({ quiet: { from: '23:00', to: '' } }));
    expect(result.current.changed).toEqual(['quiet']);
    act(() => result.current.change({ quiet: { from: '', to: '' } }));
    expect(result.current.dirty).toBe(false);
  });

  it('follows what is saved while nothing was typed', () => {
    const { result, rerender } = renderHook(({ saved }) => useDraft(saved), {
      initialProps: { saved: { template: 'a' } },
    });
    expect(result.current.replaced).toBe(0);
    rerender({ saved: { template: 'b' } });
    expect(result.current).toMatchObject({ draft: { template: 'b' }, replaced: 1 });
  });

  it('keeps what was typed when somebody else saved', () => {
    const { result, rerender } = renderHook(({ saved }) => useDraft(saved), {
      initialProps: { saved: { template: 'a' } },
    });
    act(() => result.current.change({ template: 'mine' }));
    rerender({ saved: { template: 'theirs' } });
    expect(result.current.draft.template).toBe('mine');
    expect(result.current.changed).toEqual(['template']);
    act(() => result.current.reset());
    expect(result.current).toMatchObject({ draft: { template: 'theirs' }, replaced: 1 });
  });

  it('is what is saved when a field was emptied that is not kept any more', () => {
    const { result, rerender } = renderHook(({ saved }) => useDraft<{ values: Record<string, string> }>(saved), {
      initialProps: { saved: { values: { from: 'Cafe' } as Record<string, string> } },
    });
    act(() => result.current.change({ values: { from: '' } }));
    expect(result.current.dirty).toBe(true);
    rerender({ saved: { values: {} } });
    expect(result.current.dirty).toBe(false);
  });
});
