import { Badge, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isStatus, statusColors } from './status';

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
