import { NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { durationOf, minutesOf } from './duration';

/** A duration as a number of minutes. */
export function MinutesField({
  value,
  onChange,
  ...rest
}: {
  label: string;
  description?: string;
  error?: string;
  readOnly?: boolean;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <NumberInput
      {...rest}
      value={minutesOf(value) ?? ''}
      onChange={(minutes) => typeof minutes === 'number' && onChange(durationOf(minutes))}
      suffix={t('minutes.suffix')}
      min={1}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="none"
    />
  );
}
