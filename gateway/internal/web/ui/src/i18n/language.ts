import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export type Language = 'ru' | 'en';
export const languages: Language[] = ['ru', 'en'];

const stored = 'orderbell.language';

const load = {
  ru: () => import('./ru.json'),
  en: () => import('./en.json'),
};

export function language(): Language {
  return i18next.language === 'en' ? 'en' : 'ru';
}

/** The language that was chosen in this browser; null: none yet. */
export function chosenLanguage(): Language | null {
  try {
    const value = localStorage.getItem(stored);
    return value === 'ru' || value === 'en' ? value : null;
  } catch {
    return null;
  }
}

/** The language to begin with: the chosen one, else the browser's. */
export const wantedLanguage = (): Language =>
  chosenLanguage() ?? (navigator.language.toLowerCase().startsWith('en') ? 'en' : 'ru');

/** Makes the texts ready. Call once, before the first component is drawn. */
export async function startLanguage(first: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: first,
    fallbackLng: false,
    resources: { [first]: { translation: (await load[first]()).default } },
    keySeparator: false,
    nsSeparator: false,
    returnNull: false,
    interpolation: { escapeValue: false }, // React escapes
  });
  document.documentElement.lang = first;
}

/** Switches every text at once, without a reload, and remembers the choice. */
export async function switchLanguage(next: Language): Promise<void> {
  if (!i18next.hasResourceBundle(next, 'translation')) {
    i18next.addResourceBundle(next, 'translation', (await load[next]()).default);
  }
  await i18next.changeLanguage(next);
  document.documentElement.lang = next;
  try {
    localStorage.setItem(stored, next);
  } catch {
    // A browser that stores nothing keeps the choice until the page is closed.
  }
}
