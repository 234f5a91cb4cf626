import { describe, expect, it } from 'vitest';
import { parseAddress, placeOf, writeAddress } from './address';
import { guesses } from './search';

describe('filters in the address', () => {
  it('are written as people would write them and read back', () => {
    const filters = { status: 'unknown,queued', q: '12.1', empty: '' };
    expect(writeAddress(filters)).toBe('?status=unknown%2Cqueued&q=12.1');
    expect(parseAddress(writeAddress(filters))).toEqual({ status: 'unknown,queued', q: '12.1' });
    expect(writeAddress({})).toBe('');
  });
});

describe('a link of the gateway', () => {
  it.each([
    ['/messages?status=unknown', '/messages', { status: 'unknown' }],
    ['/accounts/main', '/providers', { edit: 'main' }],
    ['/accounts', '/providers', {}],
    ['/setup', '/wizard', {}],
    ['/restaurants/199990777', '/restaurants', { code: '199990777' }],
  ])('%s leads to %s', (link, to, search) => {
    expect(placeOf(link)).toEqual({ to, search });
  });
});

describe('what is searched for', () => {
  it.each([
    ['4567', ['phone', 'order']],
    ['12.1', ['order']],
    ['+7 916 123-45-67', ['phone']],
    ['01JD0000000000000000000003', ['message']],
    ['Стол 5', ['order']],
    ['  ', []],
  ])('%s is taken for %j', (text, kinds) => {
    expect(guesses(text).map((one) => one.kind)).toEqual(kinds);
  });
});
