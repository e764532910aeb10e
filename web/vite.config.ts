import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `npm run dev` proxies the API to a running daemon (or to `npm run mock`, port 8090).
const daemon = process.env['RTCSCOPE_URL'] ?? 'http://127.0.0.1:8090';

export default defineConfig({
  plugins: [svelte()],
  build: {
    // light-dark() and the rest of the style sheet are left as they are written.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': daemon, '/healthz': daemon, '/readyz': daemon } },
  test: { include: ['tests/unit/**/*.test.{ts,mjs}'] },
});
