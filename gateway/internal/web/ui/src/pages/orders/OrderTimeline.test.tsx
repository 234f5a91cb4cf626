import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { queries } from '@/api/client';
import type { OrderDetail } from '@/api/types';
import { OrderTimeline } from './OrderTimeline';

vi.mock('@tanstack/react-router', () => ({ Link: () => null }));

it('names the version of a rule only where there is one', () => {
  const step = { at: '2026-05-20T12:00:00Z', tone: 'plain', summary: 'x', rule: 'order-stage' };
  const timeline = [
    { ...step, kind: 'decision', rule_version: '0123456789ab' },
    { ...step, kind: 'message' },
  ];
  render(
    <MantineProvider>
      <QueryClientProvider client={queries}>
        <OrderTimeline order={{ zone: 'UTC', timeline } as unknown as OrderDetail} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  expect(screen.getAllByText(/^правило/).map((line) => line.textContent)).toEqual([
    'правило order-stage, версия 01234567',
    'правило order-stage',
  ]);
});
