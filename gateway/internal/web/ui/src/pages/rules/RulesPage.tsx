import { Button, Grid, Text } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconArrowLeft, IconGavel, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { rulesQuery } from '@/api/rules';
import { useMay } from '@/api/session';
import { EmptyState } from '@/components/EmptyState';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { narrowScreen } from '@/components/narrowScreen';
import { Page } from '@/components/Page';
import { DeleteRule } from './DeleteRule';
import { NewRule } from './NewRule';
import { RuleDesk } from './RuleDesk';
import { RuleList } from './RuleList';

/** The scripts that decide who gets a text: the list, and the one that is open. */
export default function RulesPage() {
  const { t } = useTranslation();
  const may = useMay();
  const narrow = useMediaQuery(narrowScreen, false, { getInitialValueInEffect: false });
  const { name } = useParams({ strict: false }) as { name?: string };
  const { data, error, refetch } = useQuery(rulesQuery());
  const [adding, { open, close }] = useDisclosure(false);
  const chosen = name ?? (narrow ? undefined : data?.[0]?.name);
  const shown = data?.find((one) => one.name === chosen);
  const add = may('rules:write') ? (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('rules.new')}
    </Button>
  ) : null;
  const list = data ? <RuleList files={data} open={chosen} /> : null;
  return (
    <Page
      title={narrow && name ? name : t('nav.rules')}
      lead={narrow && name ? undefined : t('rules.lead')}
      actions={narrow && name ? <DeleteRule name={name} /> : add}
    >
      {error && !data ? <ErrorBox fault={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Loading /> : null}
      {data?.length === 0 ? (
        <EmptyState icon={IconGavel} title={t('rules.empty')} action={add}>
          {t('rules.emptyText')}
        </EmptyState>
      ) : null}
      {narrow ? (
        <>
          {name ? (
            <Button
              variant="subtle"
              px={0}
              mb="sm"
              leftSection={<IconArrowLeft size={16} />}
              renderRoot={(props) => <Link to="/rules" {...props} />}
            >
              {t('rules.all')}
            </Button>
          ) : (
            list
          )}
          {name && shown ? <RuleDesk key={shown.name} file={shown} titled /> : null}
        </>
      ) : data && data.length > 0 ? (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 2.5 }}>{list}</Grid.Col>
          <Grid.Col span={{ base: 12, lg: 9.5 }}>{shown ? <RuleDesk key={shown.name} file={shown} /> : null}</Grid.Col>
        </Grid>
      ) : null}
      {data && name && !shown ? <Text c="dimmed">{t('rules.gone', { name })}</Text> : null}
      <NewRule opened={adding} onClose={close} taken={data?.map((one) => one.name) ?? []} />
    </Page>
  );
}
