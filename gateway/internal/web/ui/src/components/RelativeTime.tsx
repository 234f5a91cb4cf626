import { Text, Tooltip } from '@mantine/core';
import { useFormat } from '@/i18n/format';
import { useNow } from './useNow';

/** A moment as people say it; the exact one, in the restaurant's zone, on hover and focus. */
export function RelativeTime({ at, zone, size }: { at: string | number | Date; zone?: string; size?: string }) {
  const format = useFormat();
  const now = Math.max(useNow(), Date.now() - 5000);
  return (
    <Tooltip label={format.absolute(at, zone)}>
      <Text
        component="time"
        span
        size={size}
        inherit={!size}
        dateTime={new Date(at).toISOString()}
        style={{ whiteSpace: 'nowrap' }}
      >
        {format.moment(at, now, zone)}
      </Text>
    </Tooltip>
  );
}
