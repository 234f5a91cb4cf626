import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queries } from '@/api/client';
import type { Account, Provider } from '@/api/types';
import { AccountEditor } from './AccountEditor';

const account = (sender: string, revision: number) =>
  ({
    name: 'main',
    provider: 'smsru',
    settings: { from: { value: sender } },
    limits: { per_second: 10, per_day: 1000, per_phone_per_day: 5 },
    revision,
  }) as unknown as Account;

const providers = [
  {
    name: 'smsru',
    title: { ru: 'SMS.RU' },
    abilities: [],
    settings: [{ key: 'from', kind: 'STRING', label: { ru: 'Имя отправителя' } }],
  },
] as unknown as Provider[];

let kept: Account;
let refusal: object | null;

/** A gateway that keeps one account and refuses what was made from an older state of it. */
async function serve(request: Request): Promise<Response> {
  const json = (status: number, body: unknown) =>
    new Response(JSON.stringify(body), {
      status,
      headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
    });
  if (request.method === 'GET') return json(200, [kept]);
  const sent = (await request.json()) as Account;
  if (refusal) return json(422, refusal);
  if (sent.revision !== kept.revision) return json(409, { code: 'stale' });
  kept = { ...sent, revision: kept.revision + 1 };
  return json(200, kept);
}

function draw(edited?: Account) {
  const onSaved = vi.fn();
  const onTyped = vi.fn();
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <AccountEditor
          providers={providers}
          taken={[]}
          account={edited}
          start={{ provider: 'smsru' }}
          onSaved={onSaved}
          onTyped={onTyped}
        />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { onSaved, onTyped };
}

const type = (text: string) => fireEvent.change(screen.getByLabelText('Имя отправителя'), { target: { value: text } });
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

beforeEach(() => {
  kept = account('Theirs', 2);
  refusal = null;
  vi.stubGlobal('fetch', serve);
});
afterEach(() => {
  vi.unstubAllGlobals();
  queries.clear();
});

describe('an account that somebody else saved meanwhile', { timeout: 20_000 }, () => {
  it('is not overwritten before the person says so, and then is', async () => {
    const { onSaved } = draw(account('Before', 1));
    type('Mine');
    await press('Сохранить');
    await screen.findByText('Пока вы правили, сохранил кто-то другой');
    expect(kept.settings.from?.value).toBe('Theirs');
    await press('Сохранить мои поверх');
    await waitFor(() => expect(onSaved).toHaveBeenCalledOnce());
    expect(kept.settings.from?.value).toBe('Mine');
  });

  it('is shown as they saved it when that is what the person wants', async () => {
    const { onSaved, onTyped } = draw(account('Before', 1));
    type('Mine');
    expect(onTyped).toHaveBeenLastCalledWith(true);
    await press('Сохранить');
    await screen.findByText('Пока вы правили, сохранил кто-то другой');
    await press('Показать чужие, свои отменить');
    await waitFor(() => expect(screen.getByLabelText('Имя отправителя')).toHaveValue('Theirs'));
    expect(onTyped).toHaveBeenLastCalledWith(false);
    type('After');
    await press('Сохранить');
    await waitFor(() => expect(onSaved).toHaveBeenCalledOnce());
  });
});

describe('the name of a new account', { timeout: 20_000 }, () => {
  it('says which letters it takes, also when it is folded away', async () => {
    refusal = {
      code: 'fields_invalid',
      errors: [{ field: 'body.name', code: 'field_invalid', detail: 'Не того вида.' }],
    };
    draw();
    await press('Сохранить');
    await waitFor(() => expect(screen.getByText(/Только строчные латинские буквы/)).toBeVisible()); // it unfolds first
    expect(screen.queryByText('Не того вида.')).toBeNull();
  });
});
