import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** The number of an order as guests know it, and the way to the order. */
export function OrderNumber({ number, id }: { number?: string; id?: string }) {
  const { t } = useTranslation();
  const text = number ? t('order.number', { number }) : t('order.noNumber');
  if (!id) return <bdi>{text}</bdi>;
  return (
    <Anchor
      fw={600}
      className="ob-link"
      style={{ maxWidth: 160, minWidth: 0 }}
      title={text}
      renderRoot={(props) => <Link to={`/orders/${id}`} {...props} />}
    >
      <bdi className="ob-cut">{text}</bdi>
    </Anchor>
  );
}
