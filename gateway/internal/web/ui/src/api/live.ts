import { useEffect, useState, useSyncExternalStore } from 'react';
import { gateway } from './client';
import { SentReader } from './stream';
import type { LiveItem } from './types';

/** The most that the feed keeps: older rows are on their own pages. */
export const feedLimit = 500;

/** How long to wait before a lost stream is opened again, in milliseconds. */
const reopenAfter = 2000;

export interface LiveState {
  items: LiveItem[]; // newest first
  /** The stream is open. */
  open: boolean;
  /** Something was left out since the page was opened. */
  gap: boolean;
}

/** Puts new items before the old ones; each id once, at most feedLimit. */
export function merged(old: LiveItem[], fresh: LiveItem[]): LiveItem[] {
  const known = new Set(old.slice(0, feedLimit).map((one) => one.id));
  const added = fresh.filter((one) => !known.has(one.id)).reverse();
  return [...added, ...old].slice(0, feedLimit);
}

/**
 * What happens, as it happens. The stream is closed while nobody looks at the tab (browsers open only
 * six connections to one gateway) and resumed by the last id when somebody does. Items are shown once a
 * frame, however many come.
 */
export class LiveStream {
  private state: LiveState = { items: [], open: false, gap: false };
  private waiting: LiveItem[] = [];
  private last = '';
  private stop: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private listeners = new Set<() => void>();

  constructor(private readonly connect: (last: string, signal: AbortSignal) => Promise<Response>) {}

  getState = () => this.state;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start = () => {
    document.addEventListener('visibilitychange', this.seen);
    this.seen();
  };

  end = () => {
    document.removeEventListener('visibilitychange', this.seen);
    this.close();
  };

  private seen = () => {
    if (document.visibilityState === 'hidden') this.close();
    else if (!this.stop) void this.run();
  };

  private close() {
    clearTimeout(this.timer);
    this.stop?.abort();
    this.stop = null;
    this.show({ open: false });
  }

  private async run() {
    const stop = new AbortController();
    this.stop = stop;
    try {
      const answer = await this.connect(this.last, stop.signal);
      this.show({ open: true });
      await this.read(answer, stop.signal);
    } catch {
      // Whatever it was, the stream is opened again; that the gateway is gone the banner says.
    }
    if (this.stop !== stop) return;
    this.show({ open: false });
    this.timer = setTimeout(() => void this.run(), reopenAfter);
  }

  private async read(answer: Response, signal: AbortSignal) {
    const reader = answer.body?.getReader();
    const sent = new SentReader();
    while (reader && !signal.aborted) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const one of sent.read(value)) this.take(one.event, one.id, one.data);
    }
  }

  private take(event: string, id: string, data: string) {
    if (id) this.last = id;
    if (event === 'gap') {
      this.show({ gap: true });
      return;
    }
    this.waiting.push(JSON.parse(data) as LiveItem);
    if (this.waiting.length > feedLimit) this.waiting.splice(0, this.waiting.length - feedLimit);
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      const fresh = this.waiting;
      this.waiting = [];
      this.show({ items: merged(this.state.items, fresh) });
    });
  }

  private show(part: Partial<LiveState>) {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}

/** The live feed of this page. */
export function useLive(): LiveState {
  const [stream] = useState(
    () =>
      new LiveStream((last, signal) =>
        gateway(
          new Request(new URL('/api/v1/live', window.location.origin), {
            headers: last ? { Accept: 'text/event-stream', 'Last-Event-ID': last } : { Accept: 'text/event-stream' },
            signal,
          }),
        ),
      ),
  );
  useEffect(() => {
    stream.start();
    return stream.end;
  }, [stream]);
  return useSyncExternalStore(stream.subscribe, stream.getState);
}
