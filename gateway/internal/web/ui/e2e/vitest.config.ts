import { defineConfig } from 'vitest/config';

// One gateway and one browser, stories in order: a file at a time.
export default defineConfig({
  cacheDir: '../node_modules/.e2e',
  test: {
    root: import.meta.dirname,
    include: ['*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 240_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } }, // of itself it is a second, as long as a loop of the gateway may rest
    reporters: ['verbose'],
  },
});
