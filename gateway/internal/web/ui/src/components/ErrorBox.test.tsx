import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import i18next from 'i18next';
import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '@/api/problem';
import { ErrorBox } from './ErrorBox';

const refused = (code: string, ...fields: [field: string, detail: string][]) =>
  new Problem({
    code,
    status: 422,
    detail: 'Что не так с каждым полем — в errors.',
    fields: fields.map(([field, detail]) => ({ field, code: 'field_invalid', detail })),
  });

const draw = (fault: Problem, shown?: string[]) =>
  render(
    <MantineProvider>
      <ErrorBox fault={fault} shown={shown} />
    </MantineProvider>,
  );

describe('what was refused', () => {
  afterEach(() => i18next.changeLanguage('ru'));

  it.each(['fields_invalid', 'rule_broken'])('is said in words of the page, not of the interface: %s', (code) => {
    draw(refused(code));
    expect(screen.getByRole('alert')).not.toHaveTextContent('errors');
    expect(i18next.exists(`problem.${code}`)).toBe(true);
  });

  it('names the fields that do not say it themselves, as the page calls them', () => {
    draw(
      refused('fields_invalid', ['settings.template', 'Пусто.'], ['q', 'Слишком длинно.'], ['odd.field', 'Нельзя.']),
    );
    expect(screen.getAllByRole('listitem').map((line) => line.textContent)).toEqual([
      'Шаблон сообщения: Пусто.',
      'Поиск: Слишком длинно.',
      'odd.field: Нельзя.',
    ]);
  });

  it('does not repeat what stands beside a field', () => {
    draw(refused('fields_invalid', ['password', 'Слишком простой.'], ['name', 'Занято.']), ['password']);
    expect(screen.getAllByRole('listitem').map((line) => line.textContent)).toEqual(['Имя: Занято.']);
  });

  it('tells two faults of one field apart', () => {
    draw(refused('rule_broken', ['ready', 'Ожидалось: —'], ['ready', 'Получилось: —']));
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });

  it('says the cause of an operator that was not reached', () => {
    draw(refused('provider_failed', ['account', 'Адрес не отвечает.']));
    expect(screen.getByRole('alert')).toHaveTextContent('Провайдер не ответил как нужно.');
    expect(screen.getByRole('listitem')).toHaveTextContent('Аккаунт: Адрес не отвечает.');
  });
});
