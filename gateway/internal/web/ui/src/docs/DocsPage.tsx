import { Anchor, Box, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '@/app/Brand';
import { LanguageSwitch, SchemeSwitch } from '@/app/switches';
import { CallCard } from './CallCard';
import { type ApiDocument, readDocument } from './document';
import { useSpoken } from './spoken';

const source = '/openapi.json';
const keyBegins = 'ob_…';

/** The calls of this gateway, to be read and tried. All of it comes from the gateway. */
export function DocsPage() {
  const { t } = useTranslation();
  const [document, setDocument] = useState<ApiDocument | null>(null);
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    fetch(source)
      .then(async (answer) => setDocument(readDocument(await answer.json())))
      .catch(() => setSilent(true));
  }, []);
  return (
    <Box component="main" maw={960} mx="auto" p="md">
      <Group justify="space-between" wrap="nowrap" mb="lg">
        <Anchor href="/" underline="never" c="inherit" title={t('docs.home')}>
          <Brand />
        </Anchor>
        <Group gap="xs" wrap="nowrap">
          <LanguageSwitch />
          <SchemeSwitch />
        </Group>
      </Group>
      <Title order={1}>{t('docs.title')}</Title>
      {silent ? <Text role="alert">{t('docs.silent')}</Text> : null}
      {document ? <Calls document={document} /> : null}
    </Box>
  );
}

function Calls({ document: from }: { document: ApiDocument }) {
  const { t } = useTranslation();
  const spoken = useSpoken();
  const [wanted, setWanted] = useState('');
  const [apiKey, setApiKey] = useState('');
  useEffect(() => {
    const at = window.location.hash.slice(1);
    if (at) window.document.getElementById(at)?.scrollIntoView();
  }, []);
  const words = wanted.trim().toLowerCase();
  const calls = from.calls.filter((one) =>
    `${one.method} ${one.path} ${one.summary} ${spoken(one.summary)} ${spoken(one.tag)}`.toLowerCase().includes(words),
  );
  const tags = [...new Set(calls.map((one) => one.tag))];
  return (
    <Stack gap="lg">
      <Text c="dimmed">
        {spoken(from.description)}{' '}
        <Anchor href={source} underline="always">
          {source}
        </Anchor>{' '}
        · {from.version}
      </Text>
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <TextInput
          label={t('docs.find')}
          value={wanted}
          miw={240}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('docs.key')}
          placeholder={keyBegins}
          value={apiKey}
          miw={240}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('secret.show') }}
          onChange={(event) => setApiKey(event.currentTarget.value.trim())}
        />
      </Group>
      {calls.length === 0 ? <Text>{t('list.nothingFits')}</Text> : null}
      {tags.map((tag) => (
        <Stack key={tag} gap="xs" component="section" aria-label={spoken(tag)}>
          <Title order={2}>{spoken(tag)}</Title>
          {calls
            .filter((one) => one.tag === tag)
            .map((one) => (
              <CallCard key={one.id} call={one} schemas={from.schemas} apiKey={apiKey} />
            ))}
        </Stack>
      ))}
    </Stack>
  );
}
