import { describe, expect, it } from 'vitest';
import { asksForSearch } from './searchKey';

const pressed = (key: string, code: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  code,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  target: document.body,
  ...more,
});

describe('the key of the search', () => {
  it.each([
    ['the slash of a Latin keyboard', pressed('/', 'Slash'), true],
    ['the same key of a Russian one', pressed('.', 'Slash'), true],
    ['the slash of a Russian one', pressed('/', 'Backslash', { shiftKey: true }), true],
    ['the full stop of a Latin one', pressed('.', 'Period'), false],
    ['the comma above the full stop', pressed(',', 'Slash', { shiftKey: true }), false],
    ['the minus of a German one', pressed('-', 'Slash'), false],
    ['a browser’s own short cut', pressed('/', 'Slash', { ctrlKey: true }), false],
    ['what is typed into a field', pressed('/', 'Slash', { target: document.createElement('input') }), false],
  ])('is, or is not, %s', (_, key, wanted) => {
    expect(asksForSearch(key)).toBe(wanted);
  });
});
