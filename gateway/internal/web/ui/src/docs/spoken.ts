import { useTranslation } from 'react-i18next';
import { language } from '@/i18n/language';
import russian from './ru.json';

const phrases: Record<string, string> = russian;
const permission = /^Needs the permission ([a-z:]+)\.(?: (.*))?$/s;

/** Puts what the API's document says into the language of the page; what has no translation stays as it is. */
export function useSpoken(): (text: string) => string {
  const { t } = useTranslation();
  return (text) => {
    const needs = permission.exec(text);
    if (needs) {
      const rest = needs[2] ?? '';
      return [t('docs.permission', { name: needs[1] }), language() === 'ru' ? (phrases[rest] ?? rest) : rest].join(' ');
    }
    return language() === 'ru' ? (phrases[text] ?? text) : text;
  };
}
