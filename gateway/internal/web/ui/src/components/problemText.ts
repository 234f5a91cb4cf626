import i18next, { type TFunction } from 'i18next';
import { type FieldProblem, Problem } from '@/api/problem';

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
  return textOf(wrong) || problemText(fault, t);
}

/** Faults of fields that the form does not show: they must not get lost. */
export function otherFaults(fault: unknown, shown: string[], t: TFunction): string[] {
  if (!(fault instanceof Problem)) return [];
  return fault.fields
    .filter((one) => !shown.includes(one.field))
    .map((one) => {
      const name = fieldLabel(one.field);
      return `${name ? `${name}: ` : ''}${textOf(one) || problemText(fault, t)}`;
    });
}

/** A fault's own words: several may be about one field. */
function textOf(wrong: FieldProblem): string {
  const key = `field.${wrong.code}`;
  return i18next.exists(key) ? i18next.t(key as 'problem.page') : wrong.detail;
}

/** What a field is called on the page; one that the page has no name for is called as it came. */
function fieldLabel(field: string): string {
  const key = `fieldName.${field.replace(/^(settings|restaurants(\[\d+\]|\.\d+))\./, '')}`;
  return i18next.exists(key) ? i18next.t(key as 'problem.page') : field;
}
