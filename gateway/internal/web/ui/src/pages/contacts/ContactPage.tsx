import { Anchor, Button, Group, Modal, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import i18next, { type TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { api, given, queries } from '@/api/client';
import { revealPhone } from '@/api/messages';
import { useMay } from '@/api/session';
import type { ContactDetail } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { Loading } from '@/components/Loading';
import { MaskedPhone } from '@/components/MaskedPhone';
import { notify } from '@/components/notify';
import { OrderNumber } from '@/components/OrderNumber';
import { Page } from '@/components/Page';
import { RelativeTime } from '@/components/RelativeTime';
import { StatusBadge } from '@/components/StatusBadge';
import { Words } from '@/components/Words';
import { language } from '@/i18n/language';
import { Consent } from './ContactsPage';

/** One guest: consents as they were given and withdrawn, the last texts, and what the law gives a right to. */
export default function ContactPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const contact = useQuery({
    queryKey: ['contact', id, language()],
    queryFn: ({ signal }) => given(api.GET('/api/v1/contacts/{id}', { params: { path: { id } }, signal })),
  });
  const data = contact.data;
  if (!data) {
    return (
      <Page title={t('contacts.one')}>
        {contact.error ? <ErrorBox fault={contact.error} retry={() => void contact.refetch()} /> : <Loading />}
      </Page>
    );
  }
  return (
    <Page title={t('contacts.one')} actions={<Acts contact={data} />}>
      <Stack gap="lg" maw={860}>
        <Paper>
          <Group gap="lg">
            <Text size="lg" component="div">
              <MaskedPhone masked={data.phone} reveal={may('contacts:reveal') ? revealPhone(data.id) : undefined} />
            </Text>
            <Consent contact={data} />
          </Group>
        </Paper>
        <div>
          <Title order={2} mb="sm">
            {t('contacts.consents')}
          </Title>
          <Stack gap="sm">
            {data.consents.length === 0 ? <Text c="dimmed">{t('consent.none')}</Text> : null}
            {data.consents.map((one) => (
              <Paper key={`${one.category} ${one.recorded_at}`} p="sm">
                <Text size="sm" fw={500}>
                  {t(one.given ? 'consent.given' : 'consent.withdrawn')} · <RelativeTime at={one.given_at} />
                </Text>
                <Words
                  said={[
                    one.purpose,
                    one.source && t('contacts.source', { source: sourceName(one.source, t) }),
                    one.policy_version,
                  ]}
                />
              </Paper>
            ))}
          </Stack>
        </div>
        <div>
          <Title order={2} mb="sm">
            {t('nav.messages')}
          </Title>
          <Stack gap={4}>
            {data.recent_messages.length === 0 ? <Text c="dimmed">{t('messages.empty')}</Text> : null}
            {data.recent_messages.map((one) => (
              <Group key={one.id} gap="sm">
                <OrderNumber number={one.order_number} id={one.order_id} />
                <StatusBadge status={one.status} />
                <Anchor
                  className="ob-link"
                  size="sm"
                  renderRoot={(props) => <Link to={`/messages/${one.id}`} {...props} />}
                >
                  <RelativeTime at={one.created_at} size="sm" />
                </Anchor>
              </Group>
            ))}
          </Stack>
        </div>
      </Stack>
    </Page>
  );
}

/** By way of what a consent came, in words where we have some. */
function sourceName(source: string, t: TFunction): string {
  const key = `contacts.from.${source}`;
  return i18next.exists(key) ? t(key as 'contacts.from.qr') : source;
}

/** Saves what a call answered as a file of this browser. */
function download(name: string, content: unknown) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

function Acts({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const [erasing, erase] = useDisclosure(false);
  const params = { path: { id: contact.id } };
  const change = useMutation({
    mutationFn: (body: { withdraw?: 'transactional'; suppress?: string }) =>
      given(api.POST('/api/v1/contacts/{id}', { params, body })),
    onSuccess: () => queries.invalidateQueries(),
  });
  const save = useMutation({
    mutationFn: () => given(api.POST('/api/v1/contacts/{id}/export', { params })),
    onSuccess: (all) => download(`contact-${contact.id}.json`, all),
  });
  const remove = useMutation({
    mutationFn: () => given(api.DELETE('/api/v1/contacts/{id}', { params })),
    onSuccess: () => {
      void notify(t('contacts.erased'));
      queries.removeQueries({ queryKey: ['contact'] });
      void navigate({ to: '/contacts' });
    },
  });
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {may('contacts:write') && contact.consent === 'given' ? (
          <Button
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate({ withdraw: 'transactional' })}
          >
            {t('contacts.withdraw')}
          </Button>
        ) : null}
        {may('contacts:write') ? (
          <Button
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate({ suppress: contact.suppressed ? '' : t('contacts.asked') })}
          >
            {t(contact.suppressed ? 'contacts.release' : 'contacts.suppress')}
          </Button>
        ) : null}
        {may('contacts:export') ? (
          <Button variant="default" loading={save.isPending} onClick={() => save.mutate()}>
            {t('contacts.export')}
          </Button>
        ) : null}
        {may('contacts:erase') ? (
          <Button variant="default" onClick={erase.open}>
            {t('contacts.erase')}
          </Button>
        ) : null}
      </Group>
      <ErrorBox fault={change.error ?? save.error} />
      <Modal opened={erasing} onClose={erase.close} title={t('contacts.eraseTitle')}>
        <Text>{t('contacts.eraseText')}</Text>
        <ErrorBox fault={remove.error} />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" data-autofocus onClick={erase.close}>
            {t('cancel')}
          </Button>
          <Button color="red.8" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('contacts.erase')}
          </Button>
        </Group>
      </Modal>
    </Stack>
  );
}
