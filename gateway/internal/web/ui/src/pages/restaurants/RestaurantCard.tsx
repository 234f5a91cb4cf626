import { Badge, Button, Group, Modal, Paper, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import type { Restaurant } from '@/api/types';
import { CopyLine } from '@/components/CopyLine';
import { ErrorBox } from '@/components/ErrorBox';
import { fieldText } from '@/components/problemText';
import { RelativeTime } from '@/components/RelativeTime';

/** The zones of Russia and its neighbours come first; any other IANA name may be typed in the file. */
const zones = Intl.supportedValuesOf('timeZone');

/** One restaurant: its name as guests read it, and how its orders are read. */
export function RestaurantCard({
  restaurant,
  index,
  fault,
  others,
  saved,
  readOnly,
  onChange,
  onRemove,
}: {
  restaurant: Restaurant;
  index: number;
  fault: unknown;
  /** There are others: what comes from them is theirs. */
  others: boolean;
  /** It is in the database already: a key can be made for it. */
  saved: boolean;
  readOnly: boolean;
  onChange: (next: Restaurant) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const wrong = (field: string) =>
    fieldText(fault, `restaurants[${index}].${field}`, t) ||
    fieldText(fault, `restaurants.${index}.${field}`, t) ||
    undefined;
  return (
    <Paper>
      <Stack gap="md">
        <Group justify="space-between" align="baseline" gap="xs">
          <Text fw={600} size="lg" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
            <bdi>{restaurant.name || restaurant.code || t('restaurants.new')}</bdi>
          </Text>
          <Group gap="xs">
            {restaurant.declared ? <Badge color="gray">{t('account.declared')}</Badge> : null}
            <Text size="sm" c="dimmed">
              {restaurant.last_event ? (
                <>
                  {t('restaurants.heard')} <RelativeTime at={restaurant.last_event} zone={restaurant.timezone} />
                </>
              ) : (
                t(others && restaurant.code === '*' ? 'restaurants.silentRest' : 'restaurants.silent')
              )}
            </Text>
          </Group>
        </Group>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label={t('restaurants.name')}
            description={t('restaurants.nameHelp')}
            value={restaurant.name}
            error={wrong('name')}
            readOnly={readOnly}
            maxLength={200}
            onChange={(event) => onChange({ ...restaurant, name: event.currentTarget.value })}
          />
          <TextInput
            label={t('restaurants.code')}
            description={t('restaurants.codeHelp')}
            value={restaurant.code}
            error={wrong('code')}
            readOnly={readOnly || saved}
            maxLength={64}
            onChange={(event) => onChange({ ...restaurant, code: event.currentTarget.value })}
          />
          <Select
            label={t('restaurants.zone')}
            data={zones.includes(restaurant.timezone) ? zones : [restaurant.timezone, ...zones]}
            value={restaurant.timezone}
            error={wrong('timezone')}
            readOnly={readOnly}
            searchable
            limit={60}
            allowDeselect={false}
            onChange={(timezone) => timezone && onChange({ ...restaurant, timezone })}
          />
          <Select
            label={t('restaurants.number')}
            data={(['orderName', 'seqNumber', 'table'] as const).map((value) => ({
              value,
              label: t(`restaurants.number.${value}`),
            }))}
            value={restaurant.order_number}
            readOnly={readOnly}
            allowDeselect={false}
            onChange={(choice) =>
              choice && onChange({ ...restaurant, order_number: choice as Restaurant['order_number'] })
            }
          />
          <Select
            label={t('restaurants.stage')}
            data={(['least', 'most', 'last'] as const).map((value) => ({
              value,
              label: t(`restaurants.stage.${value}`),
            }))}
            value={restaurant.order_stage}
            readOnly={readOnly}
            allowDeselect={false}
            onChange={(choice) =>
              choice && onChange({ ...restaurant, order_stage: choice as Restaurant['order_stage'] })
            }
          />
        </SimpleGrid>
        {readOnly ? null : (
          <Group gap="xs">
            {saved ? (
              <NewKey code={restaurant.code} set={restaurant.intake_key.set} hint={restaurant.intake_key.hint ?? ''} />
            ) : null}
            <Button size="xs" variant="default" onClick={onRemove}>
              {t('account.remove')}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

/** A key for cash servers on other machines; it is shown once, inside the address to paste. */
function NewKey({ code, set, hint }: { code: string; set: boolean; hint: string }) {
  const { t } = useTranslation();
  const make = useMutation({
    mutationFn: () => given(api.POST('/api/v1/settings/restaurants/{code}/intake-key', { params: { path: { code } } })),
    onMutate: () => ({ replaces: set }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['restaurants'] }),
  });
  return (
    <>
      <Button size="xs" variant="default" loading={make.isPending} onClick={() => make.mutate()}>
        {t(set ? 'restaurants.replaceKey' : 'restaurants.makeKey')}
      </Button>
      {set ? (
        <Text size="sm" c="dimmed">
          {t('secret.set', { hint: hint.replace(/^…/, '') })}
        </Text>
      ) : null}
      <ErrorBox fault={make.error} />
      <Modal opened={Boolean(make.data)} onClose={() => make.reset()} title={t('restaurants.key')} size="lg">
        <Stack>
          <Text>
            {t('restaurants.keyText')} {make.context?.replaces ? t('restaurants.keyReplaced') : null}
          </Text>
          {make.data?.addresses.map((address) => (
            <CopyLine key={address} label={t('wizard.step.address')} value={address} />
          ))}
        </Stack>
      </Modal>
    </>
  );
}
