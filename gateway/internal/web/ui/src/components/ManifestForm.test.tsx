import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { ManifestForm } from './ManifestForm';
import { filled, isShown, type ManifestFieldSpec, type SecretState } from './manifest';

const both = (text: string) => ({ ru: text, en: text });
const fields: ManifestFieldSpec[] = [
  { key: 'api_id', kind: 'SECRET', label: both('Токен API'), required: true },
  {
    key: 'mode',
    kind: 'ENUM',
    label: both('Способ'),
    default: 'plain',
    choices: [
      { value: 'plain', label: both('Простой') },
      { value: 'signed', label: both('С подписью') },
    ],
  },
  { key: 'salt', kind: 'STRING', label: both('Соль'), shown_when: { key: 'mode', value: 'signed' } },
  { key: 'hook', kind: 'SECRET', label: both('Ключ отчётов') },
  { key: 'timeout', kind: 'DURATION', label: both('Ожидание'), advanced: true },
];

function Form({
  secrets = {},
  fault = () => '',
}: {
  secrets?: Record<string, SecretState>;
  fault?: (key: string) => string;
}) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [cleared, setCleared] = useState('');
  const shown = { ...secrets };
  if (shown[cleared]) shown[cleared] = { ...shown[cleared], cleared: true };
  return (
    <MantineProvider>
      <ManifestForm
        fields={fields}
        values={values}
        secrets={shown}
        fault={fault}
        onClear={(key, yes) => setCleared(yes ? key : '')}
        onChange={(key, value) => setValues({ ...values, [key]: value })}
      />
      <data value={cleared} />
      <output>{JSON.stringify(filled(fields, values))}</output>
    </MantineProvider>
  );
}

describe('the form of a manifest', () => {
  it('never shows a secret that is set, and sends nothing for it', () => {
    render(<Form secrets={{ api_id: { set: true, hint: 'a1f9' } }} />);
    expect(screen.getByLabelText('Токен API')).toHaveValue('задано …a1f9');
    expect(screen.getByRole('status')).toHaveTextContent('{}');
  });

  it('sends a secret that replaces the old one, and none after the choice to keep it', async () => {
    const person = userEvent.setup();
    render(<Form secrets={{ api_id: { set: true, hint: 'a1f9' } }} />);
    await person.click(screen.getByRole('button', { name: 'Заменить' }));
    await person.type(screen.getByLabelText('Токен API'), 'fresh');
    expect(screen.getByRole('status')).toHaveTextContent('{"api_id":"fresh"}');
    await person.click(screen.getByRole('button', { name: 'Оставить прежнее' }));
    expect(screen.getByRole('status')).toHaveTextContent('{}');
    expect(screen.queryByDisplayValue('fresh')).toBeNull();
  });

  it('lets a secret go that need not be there, and takes that back', async () => {
    const person = userEvent.setup();
    const { container } = render(
      <Form secrets={{ api_id: { set: true, hint: 'a1f9' }, hook: { set: true, hint: 'b2' } }} />,
    );
    const asked = () => container.querySelector('data')?.getAttribute('value');
    expect(screen.getAllByRole('button', { name: 'Убрать' })).toHaveLength(1); // not of the required one
    await person.click(screen.getByRole('button', { name: 'Убрать' }));
    expect(asked()).toBe('hook');
    expect(screen.getByLabelText('Ключ отчётов')).toHaveValue('будет убрано');
    await person.click(screen.getByRole('button', { name: 'Оставить прежнее' }));
    expect(asked()).toBe('');
    expect(screen.getByLabelText('Ключ отчётов')).toHaveValue('задано …b2');
  });

  it('shows a field only when the one that it depends on has the value', () => {
    const salt = fields[2] as ManifestFieldSpec;
    expect(isShown(salt, fields, {})).toBe(false);
    expect(isShown(salt, fields, { mode: 'signed' })).toBe(true);
    expect(filled(fields, { mode: 'plain', salt: 'left over' })).toEqual({ mode: 'plain' });
  });

  it('hides advanced fields, but never one that is wrong', () => {
    const { rerender } = render(<Form />);
    expect(screen.getByRole('button', { name: 'Ещё 1 настройка' })).toHaveAttribute('aria-expanded', 'false');
    rerender(<Form fault={(key) => (key === 'timeout' ? 'Слишком мало' : '')} />);
    expect(screen.getByLabelText('Ожидание')).toBeVisible();
    expect(screen.getByText('Слишком мало')).toBeVisible();
  });

  it('does not hide for ever what depends on itself', () => {
    const circle: ManifestFieldSpec = {
      key: 'a',
      kind: 'STRING',
      label: both('А'),
      shown_when: { key: 'a', value: '' },
    };
    expect(isShown(circle, [circle], {})).toBe(true);
  });
});
