/**
 * Something that only the person at the screen can give: a new login, the password once more. Whoever
 * needs it waits; several at once wait for the same answer.
 */
export interface Ask {
  pending: () => boolean;
  subscribe: (listener: () => void) => () => void;
  /** Resolves to true when the person gave it, to false when not. */
  request: () => Promise<boolean>;
  answer: (given: boolean) => void;
}

export function makeAsk(): Ask {
  let waiting: { promise: Promise<boolean>; resolve: (given: boolean) => void } | null = null;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    pending: () => waiting !== null,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    request: () => {
      if (waiting === null) {
        let resolve: (given: boolean) => void = () => {};
        const promise = new Promise<boolean>((done) => {
          resolve = done;
        });
        waiting = { promise, resolve };
        tell();
      }
      return waiting.promise;
    },
    answer: (given) => {
      waiting?.resolve(given);
      waiting = null;
      tell();
    },
  };
}
