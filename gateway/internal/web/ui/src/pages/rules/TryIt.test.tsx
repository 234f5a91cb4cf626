import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { queries } from '@/api/client';
import { TryIt } from './TryIt';

afterEach(() => vi.unstubAllGlobals());

it('says that results are outdated once the draft is another', { timeout: 20_000 }, async () => {
  vi.stubGlobal('fetch', async (request: Request) => {
    const event = { id: 'e1', size: 9, status: 'done', received_at: '2026-05-20T12:00:00Z', summary: 'заказ' };
    const items = request.url.includes('/events') ? [event] : [];
    const body = JSON.stringify(request.method === 'POST' ? [] : { items });
    return new Response(body, { headers: { 'Content-Type': 'application/json' } });
  });
  const draw = (stamp: string) => (
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>
        <TryIt stamp={stamp} />
      </QueryClientProvider>
    </MantineProvider>
  );
  const { rerender } = render(draw('one'));
  const run = screen.getByText('Запустить').closest('button') as HTMLButtonElement;
  await waitFor(() => expect(run).toBeEnabled());
  fireEvent.click(run);
  await screen.findByText('Ни одно правило не сработало бы.');
  expect(screen.queryByText(/до последних изменений/)).toBeNull();
  rerender(draw('two'));
  expect(screen.getByText(/до последних изменений/)).toBeVisible();
});
