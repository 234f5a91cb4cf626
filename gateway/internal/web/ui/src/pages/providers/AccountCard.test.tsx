import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { Problem } from '@/api/problem';
import { NotRemoved } from './AccountCard';

vi.mock('@tanstack/react-router', () => ({
  Link: ({ to, children }: { to: string; children?: React.ReactNode }) => <a href={to}>{children}</a>,
}));

describe('an account that cannot be removed', () => {
  it.each([
    ['it is on the route', [{ field: 'name', code: 'in_use', detail: 'x' }], '/notifications'],
    ['its texts are under way', [], '/messages'],
  ])('says that %s, and leads there', (_, fields, place) => {
    render(
      <MantineProvider>
        <NotRemoved fault={new Problem({ code: 'in_use', status: 409, fields })} />
      </MantineProvider>,
    );
    expect(screen.getByRole('link')).toHaveAttribute('href', place);
  });
});
