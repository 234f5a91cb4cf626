import { describe, expect, it } from 'vitest';
import { makeFormat, minute, second } from './format';

const ru = makeFormat('ru');
const en = makeFormat('en');
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const noon = Date.parse('2026-05-20T12:00:00Z');

describe('times', () => {
  it.each([
    ['a moment ago', 2 * second, 'сейчас', 'now'],
    ['seconds ago', 12 * second, '12 сек. назад', '12 sec ago'],
    ['minutes ago', 14 * minute, '14 мин. назад', '14 min ago'],
  ])('are relative under an hour: %s', (_, passed, russian, english) => {
    expect(plain(ru.moment(noon - passed, noon))).toBe(russian);
    expect(plain(en.moment(noon - passed, noon))).toBe(english);
  });

  it('are of the clock in the restaurant’s zone on the same day', () => {
    expect(ru.moment(noon - 90 * minute, noon, 'Europe/Moscow')).toBe('13:30');
    expect(ru.moment(noon - 90 * minute, noon, 'Asia/Vladivostok')).toBe('20:30');
  });

  it('name the day when it is another one in that zone', () => {
    expect(plain(ru.moment('2026-05-19T20:00:00Z', noon, 'Europe/Moscow'))).toBe('19 мая, 23:00');
  });

  it('fall back to this browser’s zone for one that is not known', () => {
    expect(ru.moment(noon - 90 * minute, noon, 'Nowhere/Land')).toMatch(/^\d\d:\d\d$/);
  });

  it('are empty rather than wrong for what is no time', () => {
    expect(ru.moment('yesterday', noon)).toBe('');
  });
});

describe('money', () => {
  it.each([
    [{ units: 1240, nanos: 0, currency: 'RUB' }, '1 240 ₽', '₽1,240'],
    [{ units: 4, nanos: 900000000, currency: 'RUB' }, '4,90 ₽', '₽4.90'],
    [{ units: 0, nanos: 53200000, currency: 'EUR' }, '0,0532 €', '€0.0532'],
    [{ units: -3, nanos: -500000000, currency: 'RUB' }, '-3,50 ₽', '-₽3.50'],
  ])('%j has its sign and no needless digits', (amount, russian, english) => {
    expect(plain(ru.money(amount))).toBe(russian);
    expect(plain(en.money(amount))).toBe(english);
  });

  it('says of a difference that it is more', () => {
    expect(plain(ru.money({ units: 58, nanos: 0, currency: 'RUB' }, true))).toBe('+58 ₽');
    expect(plain(en.money({ units: -58, nanos: 0, currency: 'RUB' }, true))).toBe('-₽58');
  });
});
