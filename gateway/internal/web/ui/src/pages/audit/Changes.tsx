import { Stack, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import i18next, { type TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditRecord } from '@/api/types';

type Change = NonNullable<AuditRecord['changes']>[number];

/** How many changes of one line are shown before somebody asks for all. */
const few = 3;

/** What a line of the log changed: each field with what it was and what it is. */
export function Changes({ changes }: { changes: Change[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? changes : changes.slice(0, few);
  return (
    <Stack gap={4}>
      {shown.map((one) => (
        <Text key={one.field} size="sm" style={{ overflowWrap: 'anywhere' }}>
          <Text span inherit c="dimmed">
            {fieldName(one.field, t)}:
          </Text>{' '}
          {one.hidden ? <Note>{t('audit.hidden')}</Note> : <Values of={one} />}
        </Text>
      ))}
      {shown.length < changes.length ? (
        <UnstyledButton className="ob-link" fz="sm" c="var(--mantine-color-anchor)" onClick={() => setAll(true)}>
          {t('audit.all', { count: changes.length })}
        </UnstyledButton>
      ) : null}
    </Stack>
  );
}

function Values({ of }: { of: Change }) {
  const { t } = useTranslation();
  return (
    <>
      {of.old ? (
        <>
          <VisuallyHidden>{t('audit.was')} </VisuallyHidden>
          <Text span inherit td="line-through" c="dimmed">
            <bdi>{of.old}</bdi>
          </Text>
          <span aria-hidden> → </span>
        </>
      ) : null}
      <VisuallyHidden>{t('audit.is')} </VisuallyHidden>
      {of.new ? <bdi>{of.new}</bdi> : <Note>{t('audit.none')}</Note>}
    </>
  );
}

function Note({ children }: { children: string }) {
  return (
    <Text span inherit fs="italic">
      {children}
    </Text>
  );
}

/** A field in words, where we have some: "restaurants[7].name" is the name of restaurant 7. */
export function fieldName(field: string, t: TFunction): string {
  const [, code, rest] = /^restaurants\[(.*)\]\.(\w+)$/.exec(field) ?? [];
  if (code !== undefined && rest !== undefined) return t('audit.ofRestaurant', { code, field: fieldName(rest, t) });
  const key = `audit.field.${field}`;
  return i18next.exists(key) ? t(key as 'audit.none') : field.replace(/^settings\./, '');
}
