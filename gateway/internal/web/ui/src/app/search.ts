/** A place where what was typed may be found. */
export interface Found {
  kind: 'order' | 'phone' | 'message';
  to: string;
  search?: Record<string, string>;
  shown: string;
}

const messageId = /^[0-9A-HJKMNP-TV-Z]{26}$/i;

/** Guesses what was typed, the likeliest first. */
export function guesses(typed: string): Found[] {
  const text = typed.trim();
  if (text === '') return [];
  if (messageId.test(text)) {
    return [{ kind: 'message', to: `/messages/${text.toUpperCase()}`, shown: text }];
  }
  const digits = text.replace(/\D/g, '');
  const order: Found = { kind: 'order', to: '/orders', search: { number: text }, shown: text };
  if (digits.length < 4 || /[^\d\s()+-]/.test(text)) return [order];
  const phone: Found = {
    kind: 'phone',
    to: '/messages',
    search: { phone: digits.length > 4 ? digits : digits.slice(-4) },
    shown: digits.slice(-4),
  };
  // Whole phones are no order numbers; four digits may be either.
  return digits.length >= 10 ? [phone] : digits.length === 4 ? [phone, order] : [order, phone];
}
