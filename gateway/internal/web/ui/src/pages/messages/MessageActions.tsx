import { ActionIcon, Menu, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowForwardUp, IconBan, IconDotsVertical, IconListDetails, IconQuestionMark } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '@/api/session';
import type { Message } from '@/api/types';
import { UnknownChoice } from '@/components/UnknownChoice';
import { ActDialog } from './ActDialog';

/** What can be done with a message of a list. */
export function MessageActions({ message }: { message: Message }) {
  const { t } = useTranslation();
  const may = useMay();
  const [resending, resend] = useDisclosure(false);
  const [settling, settle] = useDisclosure(false);
  const [cancelling, cancel] = useDisclosure(false);
  const can = may('messages:write') ? message.can : [];
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('messages.actsFor', { number: message.order_number || message.id })}
          >
            <IconDotsVertical size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconListDetails size={16} />}
            renderRoot={(props) => <Link to={`/messages/${message.id}`} {...props} />}
          >
            {t('messages.open')}
          </Menu.Item>
          {can.includes('settle') ? (
            <Menu.Item leftSection={<IconQuestionMark size={16} />} onClick={settle.open}>
              {t('unknown.title')}
            </Menu.Item>
          ) : null}
          {can.includes('resend') ? (
            <Menu.Item leftSection={<IconArrowForwardUp size={16} />} onClick={resend.open}>
              {t('messages.resend')}
            </Menu.Item>
          ) : null}
          {can.includes('cancel') ? (
            <Menu.Item leftSection={<IconBan size={16} />} onClick={cancel.open}>
              {t('messages.cancel')}
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <ActDialog act="cancel" message={message} opened={cancelling} onClose={cancel.close} />
      <ActDialog act="resend" message={message} opened={resending} onClose={resend.close} />
      <Modal opened={settling} onClose={settle.close} title={t('status.unknown')} size="lg">
        <UnknownChoice id={message.id} why={message.why} />
      </Modal>
    </>
  );
}
