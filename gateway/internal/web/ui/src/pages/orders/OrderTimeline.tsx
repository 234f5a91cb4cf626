import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { OrderDetail, Step } from '@/api/types';
import { EmptyState } from '@/components/EmptyState';
import { TimeLine } from '@/components/TimeLine';

/** Where a step's raw form is. */
function rawOf(step: Step): string | null {
  if (!step.id) return null;
  if (step.kind === 'event') return `/events/${step.id}`;
  if (step.kind === 'message') return `/messages/${step.id}`;
  return null;
}

/** Event, change, rule, decision, message, attempts, receipt: each fact of an order, in time order. */
export function OrderTimeline({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  if (order.timeline.length === 0) return <EmptyState title={t('orders.noSteps')} />;
  return (
    <TimeLine
      label={t('orders.timeline')}
      zone={order.zone}
      steps={order.timeline.map((step, index) => {
        const raw = rawOf(step);
        return {
          key: `${index} ${step.kind} ${step.id ?? ''}`,
          at: step.at,
          tone: step.tone,
          kind: step.kind,
          title: <bdi>{step.summary}</bdi>,
          children: (
            <>
              {step.detail ? (
                <Text size="sm" c="dimmed">
                  <bdi>{step.detail}</bdi>
                </Text>
              ) : null}
              {step.rule ? (
                <Text size="sm" c="dimmed">
                  {step.rule_version
                    ? t('orders.byRule', { rule: step.rule, version: step.rule_version.slice(0, 8) })
                    : t('orders.byRuleAlone', { rule: step.rule })}
                </Text>
              ) : null}
              {raw ? (
                <Anchor size="sm" className="ob-link" renderRoot={(props) => <Link to={raw} {...props} />}>
                  {t(step.kind === 'event' ? 'orders.rawEvent' : 'orders.rawMessage')}
                </Anchor>
              ) : null}
            </>
          ),
        };
      })}
    />
  );
}
