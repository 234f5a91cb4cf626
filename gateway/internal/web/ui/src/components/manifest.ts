/** A text in several languages, by language code. */
export type ManifestText = { ru?: string; en?: string } | undefined;

export type ManifestKind = 'STRING' | 'SECRET' | 'INT' | 'BOOL' | 'ENUM' | 'DURATION' | 'URL' | 'PHONE' | 'LIST';

/** One setting as a provider's manifest describes it. */
export interface ManifestFieldSpec {
  key: string;
  kind: string;
  label: ManifestText;
  help?: ManifestText;
  placeholder?: ManifestText;
  group?: ManifestText;
  required?: boolean;
  advanced?: boolean;
  default?: string;
  choices?: { value: string; label: ManifestText }[] | null;
  pattern?: string;
  min?: number | null;
  max?: number | null;
  shown_when?: { key: string; value: string } | null;
}

/** A secret as the gateway shows it: whether there is one, and its last characters. */
export interface SecretState {
  set: boolean;
  hint?: string;
  /** It goes when the account is saved. */
  cleared?: boolean;
}

/** The text in a language, else in any. */
export function textOf(text: ManifestText, language: string): string {
  if (!text) return '';
  return (language === 'en' ? text.en || text.ru : text.ru || text.en) ?? '';
}

/** What a field holds now: what was typed, else its default. */
export function fieldValue(key: string, fields: ManifestFieldSpec[], values: Record<string, string>): string {
  return values[key] ?? fields.find((field) => field.key === key)?.default ?? '';
}

/** Tells whether a field belongs on the form: the one it depends on is shown and has the value. */
export function isShown(
  field: ManifestFieldSpec,
  fields: ManifestFieldSpec[],
  values: Record<string, string>,
): boolean {
  const seen = new Set<string>();
  let at: ManifestFieldSpec | undefined = field;
  while (at?.shown_when) {
    if (seen.has(at.key)) return true; // a circle in a manifest must not hide its fields for ever
    seen.add(at.key);
    const { key, value }: { key: string; value: string } = at.shown_when;
    if (fieldValue(key, fields, values) !== value) return false;
    at = fields.find((one) => one.key === key);
  }
  return true;
}

/** What is sent: the fields that are shown and were filled in; a secret only when a new one was typed. */
export function filled(fields: ManifestFieldSpec[], values: Record<string, string>): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const field of fields) {
    const value = values[field.key];
    if (value === undefined || !isShown(field, fields, values)) continue;
    if (field.kind === 'SECRET' && value === '') continue;
    sent[field.key] = value;
  }
  return sent;
}
