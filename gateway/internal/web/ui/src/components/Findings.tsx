import { Alert, Anchor, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Finding } from '@/api/types';
import { placeOf } from '@/app/address';

const looks = {
  ok: { color: 'green', icon: IconCircleCheck },
  info: { color: 'blue', icon: IconInfoCircle },
  warning: { color: 'orange', icon: IconAlertTriangle },
  error: { color: 'red', icon: IconCircleX },
};

/** What was found, with what to do about it and the way there. */
export function Findings({ findings }: { findings: Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <Stack gap="xs">
      {findings.map((one) => {
        const { color, icon: Icon } = looks[one.severity] ?? looks.info;
        return (
          <Alert key={`${one.code} ${one.field ?? ''} ${one.summary}`} color={color} icon={<Icon size={20} />} p="sm">
            <Text size="sm" fw={500}>
              {one.summary}
            </Text>
            {one.cure ? <Text size="sm">{one.cure}</Text> : null}
            {one.link ? <PlaceLink link={one.link} /> : null}
          </Alert>
        );
      })}
    </Stack>
  );
}

/** The way to the place where something is done. */
export function PlaceLink({ link }: { link: string }) {
  const { t } = useTranslation();
  const { to, search } = placeOf(link);
  return (
    <Anchor size="sm" className="ob-link" renderRoot={(props) => <Link to={to} search={search as never} {...props} />}>
      {t('findings.open')}
    </Anchor>
  );
}
