import { Menu } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import type { MenuOfButton } from './MenuButton';

/** A menu that opens under its button as soon as it is there: the press that asked for it is the one that opens it. */
export function HeaderMenu({ button, place, children }: MenuOfButton & { children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    place.current?.focus(); // where the focus returns when the menu is closed
    setOpened(true);
  }, [place]);
  return (
    <Menu position="bottom-end" width={220} opened={opened} onChange={setOpened}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
