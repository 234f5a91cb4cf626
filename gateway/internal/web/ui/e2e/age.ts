import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './gateway';

const run = promisify(execFile);
const tool = join(root, 'bin', 'e2e-age');

/** Builds what makes sessions older; the gateway itself has no such thing, and must not have it. */
export async function buildAge(): Promise<void> {
  await run('go', ['build', '-o', tool, join(import.meta.dirname, 'age.go')], { cwd: root });
}

/** Makes every session of a stopped gateway older, as Go writes a duration: "6m". */
export async function age(data: string, what: 'confirmed' | 'seen', by: string): Promise<void> {
  await run(tool, [data, what, by]);
}
