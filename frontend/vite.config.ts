import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

// `npm run dev` serves the sources and passes the rest on to a server that `scripts/run` started.
const server = process.env.DEV_SERVER ?? 'http://localhost:8000'

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // Files find each other by where they lie, so that the board can stand below a path: see
  // web/pages.py, which names them in the page.
  base: './',
  // Under Vitest, components mount in the browser flavour of Svelte, not in the server's.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  build: {
    outDir: '../backend/opgavebord/web/static',
    emptyOutDir: true,
    assetsDir: 'assets',
    // Nothing may stand inline: the pages have a strict content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['chrome111', 'firefox115', 'safari16.4'],
  },
  server: {
    proxy: {
      '/api': { target: server, changeOrigin: false },
      '/ws': { target: server, ws: true, changeOrigin: false },
      '/healthz': server,
      '/versie': server,
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/words/later.ts'],
    restoreMocks: true,
  },
}))
