import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queries } from '@/api/client';
import { useBindPhone } from '@/api/orders';
import type { OrderDetail } from '@/api/types';
import { ErrorBox } from '@/components/ErrorBox';
import { fieldText } from '@/components/problemText';

/** Staff write down the phone of a guest who asks for the text, with the guest's word for it. */
export function BindPhone({ order, opened, onClose }: { order: OrderDetail; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [phone, setPhone] = useState('');
  const [agreed, setAgreed] = useState(false);
  const bind = useBindPhone();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    bind.mutate(
      {
        order: { guid: order.guid, visit: order.visit, order_ident: order.ident },
        phone,
        restaurant_code: order.restaurant_code,
      },
      {
        onSuccess: () => {
          void queries.invalidateQueries();
          onClose();
        },
      },
    );
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t('bind.title', { number: order.number })}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('bind.phone')}
            type="tel"
            inputMode="tel"
            autoComplete="off"
            value={phone}
            onChange={(event) => setPhone(event.currentTarget.value)}
            error={fieldText(bind.error, 'phone', t)}
            data-autofocus
          />
          <Checkbox
            label={t('bind.consent')}
            checked={agreed}
            onChange={(event) => setAgreed(event.currentTarget.checked)}
          />
          <ErrorBox fault={bind.error} shown={['phone']} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={bind.isPending} disabled={!agreed || phone.trim() === ''}>
              {t('bind.go')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
