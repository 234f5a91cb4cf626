import { Badge, Box, Code, Group, Paper, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Call, type Schema, typeOf } from './document';
import { SchemaTree } from './SchemaTree';
import { useSpoken } from './spoken';
import { TryCall } from './TryCall';

const colors: Record<string, string> = { GET: 'blue', POST: 'green', PUT: 'orange', DELETE: 'red' };

interface Shown {
  call: Call;
  schemas: Record<string, Schema>;
  apiKey: string;
}

/** One call: a line, and below it all about it once it is opened. Its id is its address on the page. */
export function CallCard({ call, schemas, apiKey }: Shown) {
  const spoken = useSpoken();
  const [opened, setOpened] = useState(() => window.location.hash === `#${call.id}`);
  const Arrow = opened ? IconChevronDown : IconChevronRight;
  const toggle = () => {
    if (!opened) window.history.replaceState(null, '', `#${call.id}`);
    setOpened(!opened);
  };
  return (
    <Paper p={0} id={call.id}>
      <Title order={3} fw={400}>
        <UnstyledButton w="100%" p="sm" aria-expanded={opened} onClick={toggle}>
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <Arrow size={18} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
            <Badge color={colors[call.method] ?? 'gray'} miw={80}>
              {call.method}
            </Badge>
            <Box style={{ minWidth: 0 }}>
              <Text ff="monospace" size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
                {call.path}
              </Text>
              <Text size="sm">{spoken(call.summary)}</Text>
            </Box>
          </Group>
        </UnstyledButton>
      </Title>
      {opened ? <About call={call} schemas={schemas} apiKey={apiKey} /> : null}
    </Paper>
  );
}

function About({ call, schemas, apiKey }: Shown) {
  const { t } = useTranslation();
  const spoken = useSpoken();
  const streams = call.answers.some((one) => one.kind === 'text/event-stream');
  return (
    <Stack gap="md" p="md" style={{ borderTop: '1px solid var(--ob-lines)' }}>
      <Text size="sm">{call.description ? spoken(call.description) : t('docs.open')}</Text>
      {call.parameters.length > 0 ? (
        <Part title={t('docs.parameters')}>
          <ul className="ob-fields">
            {call.parameters.map((one) => (
              <li key={one.name}>
                <Text span ff="monospace" size="sm" fw={600}>
                  {one.name}
                </Text>{' '}
                <Text span size="sm" c="dimmed">
                  {[one.in, typeOf(one.schema ?? {}), one.required ? t('docs.required') : '']
                    .filter(Boolean)
                    .join(' · ')}
                </Text>
                {one.description ? <Text size="sm">{spoken(one.description)}</Text> : null}
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      {call.body ? (
        <Part title={t('docs.body')}>
          <Code>{typeOf(call.body)}</Code>
          <SchemaTree schema={call.body} schemas={schemas} sent />
        </Part>
      ) : null}
      <Part title={t('docs.answers')}>
        {call.answers.map((one) => (
          <div key={one.status}>
            <Text size="sm">
              <b>{one.status === 'default' ? t('docs.otherwise') : one.status}</b> {spoken(one.description)}{' '}
              {one.schema ? <Code>{typeOf(one.schema)}</Code> : null}
            </Text>
            {one.schema && one.status.startsWith('2') ? <SchemaTree schema={one.schema} schemas={schemas} /> : null}
          </div>
        ))}
      </Part>
      {streams ? null : (
        <Part title={t('docs.try')}>
          <TryCall call={call} schemas={schemas} apiKey={apiKey} />
        </Part>
      )}
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Title order={4} size="sm" mb={4}>
        {title}
      </Title>
      {children}
    </div>
  );
}
