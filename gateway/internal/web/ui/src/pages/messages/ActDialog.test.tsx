import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { queries } from '@/api/client';
import { MessageActions } from './MessageActions';

vi.mock('@tanstack/react-router', () => ({ Link: () => null }));
vi.mock('@/api/session', () => ({ useMay: () => () => true }));
vi.mock('@/components/notify', () => ({ notify: () => Promise.resolve() }));
afterEach(() => vi.unstubAllGlobals());

describe('a text that waits', () => {
  it('is cancelled after a question, not by one click', async () => {
    const sent: string[] = [];
    vi.stubGlobal('fetch', async (request: Request) => {
      sent.push(new URL(request.url).pathname);
      return new Response('{}', { headers: { 'Content-Type': 'application/json' } });
    });
    const message = { id: 'm1', order_number: '12.1', to: '+7 916 •••-45-67', text: 'Готов', can: ['cancel'] };
    render(
      <MantineProvider env="test">
        <QueryClientProvider client={queries}>
          <MessageActions message={message as never} />
        </QueryClientProvider>
      </MantineProvider>,
    );
    await userEvent.click(screen.getByRole('button'));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Отменить отправку' }));
    const go = await screen.findByRole('button', { name: 'Отменить отправку' });
    expect(screen.getByText('Отменить отправку этого SMS?')).toBeVisible();
    expect(sent).toEqual([]);
    await userEvent.click(go);
    await waitFor(() => expect(sent).toEqual(['/api/v1/messages/m1/cancel']));
  });
});
