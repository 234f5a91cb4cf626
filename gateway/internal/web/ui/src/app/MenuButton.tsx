import { ActionIcon } from '@mantine/core';
import {
  type ComponentType,
  lazy,
  type ReactElement,
  type ReactNode,
  type RefObject,
  Suspense,
  useRef,
  useState,
} from 'react';

/** What a menu needs of the button that it hangs under. */
export interface MenuOfButton {
  button: ReactElement;
  place: RefObject<HTMLButtonElement | null>;
}

/**
 * A button of the header with a menu. The menu is fetched when it is first wanted: menus are a seventh of what the
 * first view would weigh, and most who open the page never press them.
 */
export function MenuButton({
  label,
  icon,
  load,
}: {
  label: string;
  icon: ReactNode;
  /** Must be the same function at each call. */
  load: () => Promise<{ default: ComponentType<MenuOfButton> }>;
}) {
  const [Loaded] = useState(() => lazy(load));
  const [wanted, setWanted] = useState(false);
  const place = useRef<HTMLButtonElement>(null);
  const look = {
    ref: place,
    variant: 'subtle',
    color: 'gray',
    c: 'var(--mantine-color-text)',
    size: 'lg',
    'aria-label': label,
  } as const;
  const waiting = (
    <ActionIcon
      {...look}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
    >
      {icon}
    </ActionIcon>
  );
  if (!wanted) return waiting;
  return (
    <Suspense fallback={waiting}>
      <Loaded button={<ActionIcon {...look}>{icon}</ActionIcon>} place={place} />
    </Suspense>
  );
}
