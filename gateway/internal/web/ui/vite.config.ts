/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type InlineConfig } from 'vite';
import { ruleLibrary } from './build/rule-library.ts';
import { unusedStyles } from './build/unused-styles.ts';

const gateway = process.env.ORDERBELL_URL ?? 'http://127.0.0.1:11010';

// What the gateway answers itself; `npm run dev` passes it on.
const passed = ['/api', '/docs', '/openapi.json', '/readyz', '/livez', '/metrics'];

const page: InlineConfig = {
  plugins: [react()],
  worker: { plugins: () => [ruleLibrary()] },
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    // The page must not hold inline scripts or data: modules, which its policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: false,
    // The screen, and the description of the API.
    rollupOptions: {
      input: ['index.html', 'docs.html'].map((name) => fileURLToPath(new URL(`./${name}`, import.meta.url))),
    },
  },
};

export default defineConfig({
  ...page,
  plugins: [react(), unusedStyles(page)],
  server: {
    proxy: Object.fromEntries(passed.map((path) => [path, { target: gateway, changeOrigin: true }])),
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['./src/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
