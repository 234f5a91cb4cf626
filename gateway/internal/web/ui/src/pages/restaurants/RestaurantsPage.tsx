import { Button, Stack } from '@mantine/core';
import { IconBuildingStore, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import { freshRestaurant, restaurantsQuery } from '@/api/restaurants';
import { useMay } from '@/api/session';
import type { Restaurant, RestaurantPage } from '@/api/types';
import { ConflictDialog, isConflict } from '@/components/ConflictDialog';
import { EmptyState } from '@/components/EmptyState';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { notify } from '@/components/notify';
import { Page } from '@/components/Page';
import { SaveBar } from '@/components/SaveBar';
import { useDraft } from '@/components/useDraft';
import { RestaurantCard } from './RestaurantCard';

const key = restaurantsQuery.queryKey;

/** Whose events come in: names, zones, and the secrets of their addresses. */
export default function RestaurantsPage() {
  const { t } = useTranslation();
  const page = useQuery(restaurantsQuery);
  return (
    <Page title={t('nav.restaurants')} lead={t('restaurants.lead')}>
      {page.data ? (
        <RestaurantList page={page.data} />
      ) : page.error ? (
        <ErrorBox fault={page.error} retry={() => void page.refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

/** What a restaurant is called where it is spoken of; a star is no name. */
function nameOf(one: Restaurant, t: TFunction): string {
  if (one.name) return one.name;
  return one.code === '*' ? t('restaurants.any') : one.code || t('restaurants.new');
}

function RestaurantList({ page }: { page: RestaurantPage }) {
  const { t } = useTranslation();
  const may = useMay();
  const { draft, change, reset, dirty } = useDraft({ list: page.restaurants });
  const [conflict, setConflict] = useState(false);
  const save = useMutation({
    mutationFn: (revision: number) =>
      given(api.PUT('/api/v1/settings/restaurants', { body: { restaurants: draft.list, revision } })),
    onSuccess: (saved) => {
      queries.setQueryData(key, saved);
      void notify(t('save.done'));
    },
    onError: (fault) => setConflict(isConflict(fault)),
  });
  const writes = may('settings:write');
  const unnamed = page.seen.filter((code) => !draft.list.some((one) => one.code === code));
  const add = (code: string) => change({ list: [...draft.list, freshRestaurant(code)] });
  const names = draft.list
    .filter((one) => JSON.stringify(one) !== JSON.stringify(page.restaurants.find((was) => was.code === one.code)))
    .map((one) => nameOf(one, t));
  const gone = page.restaurants.filter((was) => !draft.list.some((one) => one.code === was.code));
  const shown = draft.list.flatMap((_, index) =>
    ['name', 'code', 'timezone'].map((field) => `restaurants[${index}].${field}`),
  );
  return (
    <Stack gap="md" maw={860}>
      {draft.list.length === 0 && unnamed.length === 0 ? (
        <EmptyState
          icon={IconBuildingStore}
          title={t('restaurants.empty')}
          action={writes ? <Button onClick={() => add('*')}>{t('restaurants.add')}</Button> : null}
        >
          {t('restaurants.emptyText')}
        </EmptyState>
      ) : null}
      {draft.list.map((one, index) => (
        <RestaurantCard
          // biome-ignore lint/suspicious/noArrayIndexKey: the code is what is being typed
          key={index}
          restaurant={one}
          index={index}
          fault={save.error}
          others={draft.list.length > 1}
          saved={page.restaurants.some((was) => was.code === one.code)}
          readOnly={!writes || one.declared}
          onChange={(next) => change({ list: draft.list.map((old, at) => (at === index ? next : old)) })}
          onRemove={() => change({ list: draft.list.filter((_, at) => at !== index) })}
        />
      ))}
      {conflict ? null : <ErrorBox fault={save.error} shown={shown} />}
      {writes ? (
        <Stack gap="xs" align="flex-start">
          {unnamed.map((code) => (
            <Button
              key={code}
              variant="default"
              h="auto"
              mih={36}
              py={6}
              styles={{ label: { whiteSpace: 'normal', textAlign: 'left', lineHeight: 1.35 } }}
              leftSection={<IconPlus size={18} />}
              onClick={() => add(code)}
            >
              {t('restaurants.seen', { code })}
            </Button>
          ))}
          {draft.list.length > 0 ? (
            <Button variant="default" leftSection={<IconPlus size={18} />} onClick={() => add('')}>
              {t('restaurants.add')}
            </Button>
          ) : null}
        </Stack>
      ) : null}
      <SaveBar
        changed={dirty ? [...names, ...gone.map((one) => t('restaurants.removed', { name: nameOf(one, t) }))] : []}
        saving={save.isPending}
        onSave={() => save.mutate(page.revision)}
        onReset={() => {
          reset();
          save.reset();
        }}
      />
      <ConflictDialog
        opened={conflict}
        onClose={() => setConflict(false)}
        onTheirs={() => {
          setConflict(false);
          reset();
          save.reset();
          void queries.invalidateQueries({ queryKey: key });
        }}
        onMine={async () => {
          setConflict(false);
          const now = await queries.fetchQuery({ ...restaurantsQuery, staleTime: 0 });
          save.mutate(now.revision);
        }}
      />
    </Stack>
  );
}
