import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RuleCheck } from '@/api/types';

/** What the look at a draft came to, in a word or two: it could be saved, or what keeps it from that. */
export function RuleVerdict({ check }: { check: RuleCheck }) {
  const { t } = useTranslation();
  const failed = check.cases.filter((one) => !one.passed).length;
  const bad = failed > 0 || check.faults.some((one) => one.severity === 'error');
  const said = [
    ...(check.faults.length > 0 ? [t('rules.faults', { count: check.faults.length })] : []),
    ...(failed > 0 ? [t('rules.casesFailed', { count: failed, all: check.cases.length })] : []),
  ];
  return (
    <Badge color={bad ? 'red' : 'green'} role="status">
      {said.join(', ') || t('rules.sound', { count: check.cases.length })}
    </Badge>
  );
}
