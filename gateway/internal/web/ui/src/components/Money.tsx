import { type Money as Amount, useFormat } from '@/i18n/format';

/** An amount with its sign and no line break inside. */
export function Money({ amount }: { amount: Amount }) {
  return <span style={{ whiteSpace: 'nowrap' }}>{useFormat().money(amount)}</span>;
}
