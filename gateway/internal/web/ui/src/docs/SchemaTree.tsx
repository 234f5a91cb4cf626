import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { inner, type Schema, typeOf } from './document';
import { useSpoken } from './spoken';

const deepest = 5;

/** The fields of a value, and theirs below them. */
export function SchemaTree({
  schema,
  schemas,
  sent = false,
  seen = [],
}: {
  schema: Schema;
  schemas: Record<string, Schema>;
  /** It is a body: what is only read is left out. */
  sent?: boolean;
  /** The types above this one: a type within itself is not drawn again. */
  seen?: Schema[];
}) {
  const { t } = useTranslation();
  const spoken = useSpoken();
  const real = inner(schema, schemas);
  const fields = Object.entries(real.properties ?? {}).filter(([, one]) => !(sent && one.readOnly));
  if (fields.length === 0 || seen.includes(real) || seen.length > deepest) return null;
  return (
    <ul className="ob-fields">
      {fields.map(([name, one]) => (
        <li key={name}>
          <Text span ff="monospace" size="sm" fw={600}>
            {name}
          </Text>{' '}
          <Text span ff="monospace" size="sm" c="dimmed">
            {typeOf(one)}
          </Text>
          <Text span size="sm" c="dimmed">
            {real.required?.includes(name) ? ` · ${t('docs.required')}` : ''}
            {one.readOnly ? ` · ${t('docs.readOnly')}` : ''}
          </Text>
          {one.description ? <Text size="sm">{spoken(one.description)}</Text> : null}
          <SchemaTree schema={one} schemas={schemas} sent={sent} seen={[...seen, real]} />
        </li>
      ))}
    </ul>
  );
}
