import i18next, { type TFunction } from 'i18next';
import { Problem } from '@/api/problem';

/**
 * A problem in the language that is shown now: our own words for its code, else the server's, which
 * came in the language of that moment.
 */
export function problemText(fault: unknown, t: TFunction): string {
  if (!(fault instanceof Problem)) return t('problem.page');
  const key = `problem.${fault.code}`;
  const wait = { count: Math.max(1, Math.ceil(fault.retryAfter / 60)) }; // minutes
  if (i18next.exists(key, wait)) return t(key as 'problem.page', wait);
  return fault.detail || fault.title || t('problem.status', { status: fault.status });
}

/** The same for one field of a form; empty when the field is all right. */
export function fieldText(fault: unknown, field: string, t: TFunction): string {
  if (!(fault instanceof Problem)) return '';
  const wrong = fault.field(field);
  if (!wrong) return '';
  const key = `field.${wrong.code}`;
  return i18next.exists(key) ? t(key as 'problem.page') : wrong.detail || problemText(fault, t);
}

/** Faults of fields that the form does not show: they must not get lost. */
export function otherFaults(fault: unknown, shown: string[], t: TFunction): string[] {
  if (!(fault instanceof Problem)) return [];
  return fault.fields
    .filter((one) => !shown.includes(one.field))
    .map((one) => `${one.field}: ${fieldText(fault, one.field, t)}`);
}
