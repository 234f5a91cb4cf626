import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from './language';

const locales: Record<Language, string> = { ru: 'ru-RU', en: 'en-GB' };

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The zone of this browser, for times that belong to no restaurant. */
export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A zone that browsers know, or this browser's. */
function zoneOr(zone: string | undefined): string {
  try {
    if (zone) new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone || ownZone();
  } catch {
    return ownZone();
  }
}

/** An exact amount: whole units and billionths, of the same sign. */
export interface Money {
  units: number;
  nanos: number;
  currency: string;
}

/** Writes numbers, money and times as people of a language do. Invalid times give an empty text. */
export function makeFormat(language: Language) {
  const locale = locales[language];
  const parse = (at: string | number | Date) => {
    const time = new Date(at);
    return Number.isNaN(time.getTime()) ? null : time;
  };
  const write = (at: string | number | Date, zone: string | undefined, options: Intl.DateTimeFormatOptions) => {
    const time = parse(at);
    return time ? new Intl.DateTimeFormat(locale, { ...options, timeZone: zoneOr(zone) }).format(time) : '';
  };
  const sameDay = (a: Date, b: Date, zone: string | undefined) => {
    const key: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'numeric', day: 'numeric' };
    return write(a, zone, key) === write(b, zone, key);
  };
  const format = {
    number: (value: number, digits = 0) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    percent: (part: number, digits = 0) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(part),
    /** An exact amount; digits after the point only where they say something. A difference has its plus. */
    money: (amount: Money, difference = false) => {
      const whole = amount.nanos === 0;
      const fine = amount.nanos % 10_000_000 !== 0; // less than a hundredth, as prices of texts may be
      const value = amount.units + amount.nanos / 1e9;
      try {
        return new Intl.NumberFormat(locale, {
          style: 'currency',
          currency: amount.currency || 'RUB',
          currencyDisplay: 'narrowSymbol',
          signDisplay: difference ? 'exceptZero' : 'auto',
          minimumFractionDigits: whole ? 0 : 2,
          maximumFractionDigits: fine ? 4 : 2,
        }).format(value);
      } catch {
        return `${format.number(value, 4)} ${amount.currency}`;
      }
    },
    /** 19:02, or 19:02:07. */
    time: (at: string | number | Date, zone?: string, seconds = false) =>
      write(at, zone, { hour: '2-digit', minute: '2-digit', second: seconds ? '2-digit' : undefined }),
    date: (at: string | number | Date, zone?: string) =>
      write(at, zone, { day: 'numeric', month: 'long', year: 'numeric' }),
    /** 28 Nov. */
    shortDate: (at: string | number | Date, zone?: string) => write(at, zone, { day: 'numeric', month: 'short' }),
    /** Everything there is to know about a moment, with its zone. */
    absolute: (at: string | number | Date, zone?: string) =>
      write(at, zone, {
        day: 'numeric',
        month: 'long',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        timeZoneName: 'short',
      }),
    /** Under an hour "12 min ago", the same day "19:02", else "28 Nov, 19:02". */
    moment: (at: string | number | Date, now: number, zone?: string) => {
      const time = parse(at);
      if (!time) return '';
      const passed = now - time.getTime();
      if (Math.abs(passed) < hour) return format.relative(passed);
      if (sameDay(time, new Date(now), zone)) return format.time(time, zone);
      const thisYear = now - time.getTime() < 300 * day;
      return write(time, zone, {
        day: 'numeric',
        month: 'short',
        year: thisYear ? undefined : 'numeric',
        hour: '2-digit',
        minute: '2-digit',
      });
    },
    /** How long ago, for spans given in milliseconds; the future has a minus. */
    relative: (passed: number) => {
      const writer = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
      const span = Math.abs(passed);
      const sign = passed < 0 ? 1 : -1;
      if (span < 5 * second) return writer.format(0, 'second');
      if (span < minute) return writer.format(sign * Math.round(span / second), 'second');
      if (span < hour) return writer.format(sign * Math.floor(span / minute), 'minute');
      if (span < 2 * day) return writer.format(sign * Math.floor(span / hour), 'hour');
      return writer.format(sign * Math.floor(span / day), 'day');
    },
    /** A span in milliseconds: "4 s", "12 min". */
    span: (passed: number) => {
      const unit = (value: number, name: string) =>
        new Intl.NumberFormat(locale, {
          style: 'unit',
          unit: name,
          unitDisplay: 'short',
          maximumFractionDigits: 1,
        }).format(value);
      if (passed < second) return unit(Math.round(passed), 'millisecond');
      if (passed < 10 * second) return unit(Math.round(passed / 100) / 10, 'second');
      if (passed < minute) return unit(Math.round(passed / second), 'second');
      if (passed < hour) return unit(Math.floor(passed / minute), 'minute');
      if (passed < 2 * day) return unit(Math.floor(passed / hour), 'hour');
      return unit(Math.floor(passed / day), 'day');
    },
    list: (items: string[]) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items),
  };
  return format;
}

export type Format = ReturnType<typeof makeFormat>;

/** The format of the language that is shown. */
export function useFormat(): Format {
  const { i18n } = useTranslation();
  const shown: Language = i18n.language === 'en' ? 'en' : 'ru';
  return useMemo(() => makeFormat(shown), [shown]);
}
