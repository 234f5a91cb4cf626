// Run after `vite build`: compresses each file of ../dist, removes the plain one, and writes
// SOURCE_HASH, which a Go test compares with the sources. The same sources give the same bytes.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';

const ui = fileURLToPath(new URL('..', import.meta.url));
const dist = join(ui, '..', 'dist');

/** Lists the files under a folder, or the file itself. */
function files(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}

for (const file of files(dist)) {
  const packed = gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION });
  packed[9] = 255; // the system that packed it is of no interest
  writeFileSync(`${file}.gz`, packed);
  rmSync(file);
}

// Keep this list in step with sources() of web_test.go.
const sources = [
  'index.html',
  'docs.html',
  'package.json',
  'package-lock.json',
  'vite.config.ts',
  'public',
  'src',
  'build',
]
  .flatMap((name) => files(join(ui, name)))
  .map((file) => relative(ui, file).split(sep).join('/'))
  .filter((name) => !/\.test\.tsx?$/.test(name) && !name.startsWith('src/testing/'))
  .sort();
const hash = createHash('sha256');
for (const name of sources) {
  hash
    .update(name)
    .update('\0')
    .update(readFileSync(join(ui, name)))
    .update('\0');
}
writeFileSync(join(dist, 'SOURCE_HASH'), `${hash.digest('hex')}\n`);
