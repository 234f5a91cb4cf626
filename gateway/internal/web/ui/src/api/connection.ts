/** Whether the gateway answers. One for the whole page; components listen to it. */
export interface Connection {
  /** When the gateway stopped answering, in milliseconds; null: it answers. */
  goneSince: () => number | null;
  subscribe: (listener: () => void) => () => void;
  /** An answer came, or none did. */
  answered: () => void;
  silent: () => void;
}

/** How often a silent gateway is asked again, in milliseconds. */
export const askAgain = 2000;

/**
 * Makes a connection. While the gateway is silent, ping is called until it succeeds; then back is,
 * so that what is shown can be fetched anew.
 */
export function makeConnection(ping: () => Promise<boolean>, back: () => void, now = Date.now): Connection {
  let since: number | null = null;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const ask = async () => {
    if (await ping().catch(() => false)) connection.answered();
    else if (since !== null) setTimeout(ask, askAgain);
  };
  const connection: Connection = {
    goneSince: () => since,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    answered: () => {
      if (since === null) return;
      since = null;
      tell();
      back();
    },
    silent: () => {
      if (since !== null) return;
      since = now();
      tell();
      setTimeout(ask, askAgain);
    },
  };
  return connection;
}
