import { useTranslation } from 'react-i18next';
import { ManifestForm } from './ManifestForm';
import type { ManifestFieldSpec, SecretState } from './manifest';
import { fieldText } from './problemText';

/** The settings of an account; what the gateway finds wrong stands beside the field. */
export function AccountForm({
  fields,
  values,
  secrets,
  fault,
  onChange,
  onClear,
  readOnly,
}: {
  fields: ManifestFieldSpec[];
  values: Record<string, string>;
  secrets: Record<string, SecretState>;
  /** What the last save or check was refused with. */
  fault: unknown;
  onChange: (key: string, value: string) => void;
  onClear?: (key: string, cleared: boolean) => void;
  readOnly?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <ManifestForm
      fields={fields}
      values={values}
      secrets={secrets}
      onChange={onChange}
      onClear={onClear}
      fault={(key) => fieldText(fault, `settings.${key}`, t) || fieldText(fault, key, t)}
      readOnly={readOnly}
    />
  );
}
