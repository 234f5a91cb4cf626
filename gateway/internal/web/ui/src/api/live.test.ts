import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { feedLimit, LiveStream, merged } from './live';
import { SentReader } from './stream';
import type { LiveItem } from './types';

const item = (id: number) =>
  ({ id, at: '2026-05-20T12:00:00Z', kind: 'event', ref: `${id}`, summary: `${id}` }) as LiveItem;
const bytes = (text: string) => new TextEncoder().encode(text);

describe('server-sent events', () => {
  it('are read whatever way the bytes are cut', () => {
    const all = bytes(': still here\n\nevent: item\nid: 7\ndata: {"a":"ж"}\n\nid: 8\ndata: one\ndata: two\r\n\r\n');
    for (let cut = 1; cut < all.length; cut++) {
      const reader = new SentReader();
      expect([...reader.read(all.slice(0, cut)), ...reader.read(all.slice(cut))]).toEqual([
        { id: '7', event: 'item', data: '{"a":"ж"}' },
        { id: '8', event: 'message', data: 'one\ntwo' },
      ]);
    }
  });
});

describe('the feed', () => {
  it('keeps the newest first, each once, and never more than its limit', () => {
    const old = Array.from({ length: feedLimit }, (_, index) => item(feedLimit - index));
    const next = merged(old, [item(feedLimit), item(feedLimit + 1), item(feedLimit + 2)]);
    expect(next).toHaveLength(feedLimit);
    expect(next.slice(0, 3).map((one) => one.id)).toEqual([feedLimit + 2, feedLimit + 1, feedLimit]);
  });

  it('holds no more than its limit of a flood between two frames', () => {
    const flood = Array.from({ length: feedLimit * 4 }, (_, index) => item(index + 1));
    expect(merged([], flood)).toHaveLength(feedLimit);
    expect(merged([], flood)[0]?.id).toBe(feedLimit * 4);
  });
});

describe('the stream', () => {
  let visibility: DocumentVisibilityState = 'visible';
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'cancelAnimationFrame'] });
    vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const look = (next: DocumentVisibilityState) => {
    visibility = next;
    document.dispatchEvent(new Event('visibilitychange'));
  };

  it('is closed while nobody looks and resumed by the last id', async () => {
    const opened: { last: string; signal: AbortSignal }[] = [];
    const stream = new LiveStream(async (last, signal) => {
      opened.push({ last, signal });
      const body = new ReadableStream({
        start: (out) => out.enqueue(bytes(`event: item\nid: 41\ndata: ${JSON.stringify(item(41))}\n\n`)),
      });
      return new Response(body);
    });
    stream.start();
    await vi.waitFor(() => expect(stream.getState().open).toBe(true));
    await vi.advanceTimersByTimeAsync(50);
    expect(stream.getState().items.map((one) => one.id)).toEqual([41]);
    look('hidden');
    expect(opened[0]?.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(opened).toHaveLength(1);
    look('visible');
    await vi.waitFor(() => expect(opened).toHaveLength(2));
    expect(opened[1]?.last).toBe('41');
    stream.end();
  });

  it('is opened again after it was lost', async () => {
    let tries = 0;
    const stream = new LiveStream(async () => {
      tries++;
      throw new TypeError('lost');
    });
    stream.start();
    await vi.advanceTimersByTimeAsync(4500);
    expect(tries).toBe(3);
    stream.end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(tries).toBe(3);
  });
});
