import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { GuardedModal } from './GuardedModal';

function draw(typed: boolean) {
  const onClose = vi.fn();
  render(
    <MantineProvider env="test">
      <GuardedModal opened typed={typed} title="sms.ru" onClose={onClose}>
        <input aria-label="key" />
      </GuardedModal>
    </MantineProvider>,
  );
  return onClose;
}

describe('a window in which something is typed', () => {
  it('closes by Escape while nothing was', async () => {
    const onClose = draw(false);
    await userEvent.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('asks first when something was, and stays when told so', async () => {
    const onClose = draw(true);
    await userEvent.keyboard('{Escape}');
    expect(onClose).not.toHaveBeenCalled();
    await userEvent.click(await screen.findByRole('button', { name: 'Остаться' }));
    expect(onClose).not.toHaveBeenCalled();
    expect(screen.getByLabelText('key')).toBeVisible();
  });

  it('closes when the answer is to leave', async () => {
    const onClose = draw(true);
    await userEvent.keyboard('{Escape}');
    await userEvent.click(await screen.findByRole('button', { name: 'Закрыть без сохранения' }));
    expect(onClose).toHaveBeenCalledOnce();
  });
});
