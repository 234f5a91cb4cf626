import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the operator does with the next texts. */
export type Mood = 'takes' | 'is busy' | 'hangs up' | 'refuses';

/**
 * An operator of the tests for the provider "http". Where it refuses it says what a hostile or careless
 * operator might: markup, the guest's number and the account's own key.
 */
export class Aggregator {
  mood: Mood = 'takes';
  /** What it does with every text that has a word in it, whatever its mood, also when the text comes again. */
  readonly always = new Map<string, Mood>();
  /** Texts that it was given, in order. */
  readonly heard: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly markup: string,
  ) {}

  static async start(markup: string): Promise<Aggregator> {
    const server = createServer();
    const made = new Aggregator(server, markup);
    server.on('request', (request, answer) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const sent = new URLSearchParams(Buffer.concat(parts).toString());
        const text = sent.get('text') ?? '';
        made.heard.push(text);
        const mood = [...made.always].find(([word]) => text.includes(word))?.[1] ?? made.mood;
        if (mood === 'hangs up') return void request.socket.destroy();
        answer.statusCode = mood === 'is busy' ? 503 : 200;
        answer.setHeader('Content-Type', 'application/json');
        answer.end(JSON.stringify(made.answer(mood, sent)));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return made;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The settings of an account of the provider "http" that sends here. */
  settings(sender: string, key: string): Record<string, { value: string }> {
    const all = {
      url: `http://${this.host}/send`,
      body: 'to={to}\ntext={text}\nkey={key}\nsender={sender}',
      key,
      sender,
      success: '$.status = ok',
      id: '$.id',
      error_text: '$.message',
      errors: 'HTTP 503 = UNAVAILABLE\n$.status = error = REJECTED_TEXT',
    };
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value }]));
  }

  private answer(mood: Mood, sent: URLSearchParams): unknown {
    if (mood === 'takes') return { status: 'ok', id: `op-${this.heard.length}` };
    if (mood === 'is busy') return { status: 'busy' };
    return {
      status: 'error',
      message: `no: ${this.markup}`,
      to: `+${sent.get('to')}`,
      key: sent.get('key'),
      html: this.markup,
    };
  }

  stop = () =>
    new Promise<void>((done) => {
      this.server.closeAllConnections();
      this.server.close(() => done());
    });
}
