import { Grid, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queries } from '@/api/client';
import { ruleQuery, useRuleCheck, useSaveRule } from '@/api/rules';
import { useMay } from '@/api/session';
import type { RuleFault, RuleSource } from '@/api/types';
import { ConflictDialog, isConflict } from '@/components/ConflictDialog';
import { ErrorBox } from '@/components/ErrorBox';
import { notify } from '@/components/notify';
import { SaveBar } from '@/components/SaveBar';
import { useDraft } from '@/components/useDraft';
import { CaseResults } from './CaseResults';
import { FaultList } from './FaultList';
import { RuleVerdict } from './RuleVerdict';
import { SaveDialog } from './SaveDialog';
import { ScriptView, useEditable } from './ScriptView';
import { TryIt } from './TryIt';

/** The script and its cases, to be changed; beside them what they would do. */
export function RuleForm({ saved }: { saved: RuleSource }) {
  const { t } = useTranslation();
  const may = useMay();
  const editable = useEditable();
  const texts = useMemo(() => ({ source: saved.source, cases: saved.cases }), [saved.source, saved.cases]);
  const { draft, change, reset, changed, dirty, replaced } = useDraft(texts);
  const [shown, setShown] = useState<'source' | 'cases'>('source');
  const [goTo, setGoTo] = useState<{ line: number; column: number }>();
  const [asked, setAsked] = useState(false);
  const [conflict, setConflict] = useState(false);
  // The version that is being edited. It moves on only together with what is shown of it.
  const [base, setBase] = useState(saved.version);
  if (!dirty && base !== saved.version) setBase(saved.version);
  const whole = { name: saved.name, ...draft };
  const [settled] = useDebouncedValue(whole, 600);
  const check = useRuleCheck(settled);
  const save = useSaveRule();
  const faults = check.data?.faults ?? none;

  const store = async (over = base) => {
    try {
      const now = await save.mutateAsync({ draft: whole, base: over });
      setBase(now.version);
      setAsked(false);
      setConflict(false);
      void notify(t('save.done'));
    } catch (fault) {
      setAsked(false);
      setConflict(isConflict(fault));
    }
  };
  const theirs = async () => {
    setConflict(false);
    save.reset();
    reset();
    await queries.invalidateQueries({ queryKey: ['rule'] });
  };
  const mine = async () => {
    const now = await queries.fetchQuery({ ...ruleQuery(saved.name), staleTime: 0 });
    await store(now.version);
  };
  const go = (fault: RuleFault) => {
    setShown('source');
    setGoTo({ line: fault.line, column: fault.column });
  };
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Group justify="space-between" mb="xs">
          <SegmentedControl
            aria-label={t('rules.part')}
            value={shown}
            onChange={(part) => setShown(part as 'source' | 'cases')}
            data={[
              { value: 'source', label: t('rules.script') },
              { value: 'cases', label: t('rules.cases') },
            ]}
          />
          {check.data ? <RuleVerdict check={check.data} /> : null}
        </Group>
        {editable ? null : (
          <Text size="sm" c="dimmed" mb="xs">
            {t('rules.readOnlyHere')}
          </Text>
        )}
        {shown === 'cases' ? (
          <Text size="sm" c="dimmed" mb="xs">
            {t('rules.casesHelp')}
          </Text>
        ) : null}
        <ScriptView
          key={shown}
          name={shown === 'source' ? saved.name : `${saved.name}.cases`}
          language={shown === 'source' ? 'javascript' : 'plaintext'}
          value={draft[shown]}
          stamp={String(replaced)}
          readOnly={!may('rules:write')}
          faults={shown === 'source' ? faults : none}
          goTo={shown === 'source' ? goTo : undefined}
          onChange={(text) => change({ [shown]: text })}
        />
        <Stack gap="sm" mt="sm">
          <ErrorBox fault={check.error} retry={() => void check.refetch()} />
          <FaultList faults={faults} onGo={editable ? go : undefined} />
          {shown === 'cases' && check.data ? <CaseResults results={check.data.cases} /> : null}
          {conflict ? null : <ErrorBox fault={save.error} shown={faults.map((one) => one.where)} />}
        </Stack>
        <SaveBar
          changed={changed.map((part) => t(part === 'source' ? 'rules.script' : 'rules.cases'))}
          saving={save.isPending}
          onSave={() => setAsked(true)}
          onReset={() => {
            reset();
            save.reset();
          }}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <TryIt draft={dirty ? whole : undefined} stamp={JSON.stringify(draft)} />
      </Grid.Col>
      <SaveDialog
        opened={asked}
        draft={whole}
        saving={save.isPending}
        onSave={() => void store()}
        onClose={() => setAsked(false)}
      />
      <ConflictDialog
        opened={conflict}
        onTheirs={() => void theirs()}
        onMine={() => void mine()}
        onClose={() => setConflict(false)}
      />
    </Grid>
  );
}

const none: RuleFault[] = [];
