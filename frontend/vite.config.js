// One entry a page. Everything is a file of its own (nothing inlined), so that the pages can forbid inline scripts and data: URLs.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/static/dist/',
  publicDir: false,
  build: {
    outDir: '../webui/static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    license: { fileName: 'THIRD-PARTY.md' },
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // the first with light-dark()
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      input: {
        shell: 'src/shell/main.js',
        designer: 'src/designer/main.js',
        tables: 'src/tables/main.js',
        viewer: 'src/viewer/main.js',
        charts: 'src/charts/main.js',
      },
    },
  },
});
