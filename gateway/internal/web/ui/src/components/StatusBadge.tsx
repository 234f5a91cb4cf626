import { Badge, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';

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

/** The status of a message in a word; what it means on hover. */
export function StatusBadge({ status }: { status: string }) {
  const { t } = useTranslation();
  if (!isStatus(status)) return <Badge color="gray">{status}</Badge>;
  return (
    <Tooltip label={t(`status.help.${status}`)}>
      <Badge
        color={statusColors[status]}
        variant={status === 'unknown' ? 'outline' : 'light'}
        tabIndex={0}
        miw="max-content"
      >
        {t(`status.${status}`)}
      </Badge>
    </Tooltip>
  );
}
