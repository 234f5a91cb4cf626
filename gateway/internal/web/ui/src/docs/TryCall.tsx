import { Button, Code, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '@/i18n/language';
import { type Call, example, type Schema } from './document';

interface Said {
  line: string;
  text: string;
}

/** The address of a call with what was typed in its place. */
function addressOf(call: Call, values: Record<string, string>): string {
  let path = call.path;
  const query = new URLSearchParams();
  for (const one of call.parameters) {
    const value = values[one.name] ?? '';
    if (one.in === 'path') path = path.replace(`{${one.name}}`, encodeURIComponent(value));
    else if (one.in === 'query' && value !== '') query.set(one.name, value);
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

const pretty = (text: string) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

/** Makes a call for real, by the session of this browser or by a key. */
export function TryCall({
  call,
  schemas,
  apiKey,
}: {
  call: Call;
  schemas: Record<string, Schema>;
  /** Empty: the session of this browser counts. */
  apiKey: string;
}) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Record<string, string>>({});
  const [body, setBody] = useState(() => (call.body ? JSON.stringify(example(call.body, schemas), null, 2) : ''));
  const [said, setSaid] = useState<Said | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = call.parameters.filter((one) => one.in === 'path' || one.in === 'query');
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const headers: Record<string, string> = { 'Accept-Language': language() };
    if (call.body) headers['Content-Type'] = 'application/json';
    if (apiKey !== '') headers.Authorization = `Bearer ${apiKey}`;
    const address = addressOf(call, values);
    try {
      const answer = await fetch(address, { method: call.method, headers, body: call.body ? body : undefined });
      setSaid({ line: `${call.method} ${address} → ${answer.status}`, text: pretty(await answer.text()) });
    } catch {
      setSaid({ line: t('docs.silent'), text: '' });
    }
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void send(event)}>
      <Stack gap="sm">
        {call.method === 'GET' ? null : <Text size="sm">{t('docs.real')}</Text>}
        {asked.map((one) => (
          <TextInput
            key={one.name}
            label={one.name}
            required={one.in === 'path'}
            autoComplete="off"
            value={values[one.name] ?? ''}
            onChange={(event) => setValues({ ...values, [one.name]: event.currentTarget.value })}
          />
        ))}
        {call.body ? (
          <Textarea
            label={t('docs.body')}
            value={body}
            autosize
            maxRows={20}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onChange={(event) => setBody(event.currentTarget.value)}
          />
        ) : null}
        <Group>
          <Button type="submit" variant="default" loading={busy}>
            {t('docs.send')}
          </Button>
        </Group>
        {said ? (
          <div role="status">
            <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
              {said.line}
            </Text>
            {said.text ? (
              <Code block mah={360} mt={4} tabIndex={0} style={{ overflow: 'auto' }}>
                {said.text}
              </Code>
            ) : null}
          </div>
        ) : null}
      </Stack>
    </form>
  );
}
