/** Every status of a message, in the order of its life. */
export const statuses = [
  'queued',
  'sending',
  'unknown',
  'accepted',
  'delivered',
  'undelivered',
  'rejected',
  'expired',
  'cancelled',
] as const;
export type Status = (typeof statuses)[number];

/** Green only for done, red where a person must act, grey for what has ended, its own for unknown. */
export const statusColors: Record<Status, string> = {
  queued: 'blue',
  sending: 'blue',
  unknown: 'violet',
  accepted: 'teal',
  delivered: 'green',
  undelivered: 'red',
  rejected: 'red',
  expired: 'gray',
  cancelled: 'gray',
};

export const isStatus = (text: string): text is Status => (statuses as readonly string[]).includes(text);
