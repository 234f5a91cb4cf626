import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the repository. */
export const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '../../../../..');

/** A real gateway in a folder of its own, as `make build` made it. */
export class Gateway {
  private constructor(
    readonly url: string,
    /** The one-time link that it printed; empty when there are users. */
    readonly setupLink: string,
    readonly data: string,
    private readonly child: ChildProcess,
    private readonly said: string[],
  ) {}

  /** Starts one and waits until it serves. An address is given to start it again at the same place; env are settings. */
  static async start(data?: string, listen = '127.0.0.1:0', env: Record<string, string> = {}): Promise<Gateway> {
    const folder = data ?? (await mkdtemp(join(tmpdir(), 'orderbell-e2e-')));
    const child = spawn(join(root, 'bin', 'orderbell'), ['run', '--data', folder, '--listen', listen], {
      env: { ...process.env, ...env, LANG: 'en_US.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    child.stderr.on('data', (bytes) => said.push(String(bytes)));
    const printed = await new Promise<string>((done, fail) => {
      let text = '';
      const timer = setTimeout(() => fail(new Error(`no address within 30 s: ${text} ${said.join('')}`)), 30_000);
      child.on('exit', (code) => fail(new Error(`the gateway ended with ${code}: ${said.join('')}`)));
      child.stdout.on('data', (bytes) => {
        text += String(bytes);
        if (!/kds\/events/.test(text) || (data === undefined && !/setup#/.test(text))) return;
        clearTimeout(timer);
        done(text);
      });
    });
    const url = /http:\/\/[^/\s]+/.exec(printed)?.[0] ?? '';
    return new Gateway(url, /http\S+setup#\S+/.exec(printed)?.[0] ?? '', folder, child, said);
  }

  /** What it wrote to its log. */
  log = () => this.said.join('');

  async post(xml: string): Promise<string> {
    const answer = await fetch(`${this.url}/api/v4/kds/events`, {
      method: 'POST',
      body: xml,
      headers: { 'Content-Type': 'text/xml' },
    });
    return `${answer.status} ${await answer.text()}`;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }
}

const escaped = (text: string) => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A posting of r_keeper about one order with one dish. */
export function posting(order: {
  number: string;
  guid: string;
  stage: '' | 'sent' | 'started' | 'ready' | 'taken';
  sequence: number;
  dish?: string;
  table?: string;
  waiter?: string;
}): string {
  const local = new Date(Date.now() + 3 * 3600_000).toISOString().slice(0, 19); // of Moscow, as the cash server writes it
  return `<?xml version="1.0" encoding="utf-8"?>
<a RestCode="199990777" DateTime="${local}" Situation="3" seqnumber="${order.sequence}" guid="{5B1C7C5E-2B0B-4B57-9F5A-${String(order.sequence).padStart(12, '0')}}" name="Save Order" ShiftNum="42" ShiftDate="${local.slice(0, 10)}T00:00:00">
  <Station id="15003" code="1" name="KASSA1" NetName="KASSA1_777"/>
  <Order visit="${order.sequence}" orderIdent="256" guid="{${order.guid}}" orderName="${escaped(order.number)}" seqNumber="118" orderSum="98000" paid="0" finished="0" openTime="${local}" persistentComment="" nonPersistentComment="">
    <Waiter id="1" code="34" name="${escaped(order.waiter ?? 'W')}"/>
    <OrderType id="1" code="1" name="В зале"/>
    <Table id="1" code="12" name="${escaped(order.table ?? '12')}"/>
    <Session uni="101" line_guid="{7D4A6B20-1122-4C3D-9A8B-77665544AA01}" state="4" printed="1" isDraft="0">
      <Dish id="1" code="2714" name="${escaped(order.dish ?? 'Борщ')}" uni="4" line_guid="{0E9C2F11-8A55-4D0B-9E21-5C3B7A110001}" state="4" quantity="1000" price="42000" amount="42000" kdsstate="${order.stage}"/>
    </Session>
  </Order>
</a>`;
}
