import { defineConfig } from "vite";

// Entry names are fixed: Django's static files storage adds the hash, and templates name the files with {% static %}.
export default defineConfig({
  base: "./",
  publicDir: false,
  css: { preprocessorOptions: { scss: { quietDeps: true } } },
  build: {
    outDir: "../static/build",
    emptyOutDir: true,
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      // charts.js is imported by its address, so its exports must stay
      preserveEntrySignatures: "exports-only",
      input: { app: "src/app.ts", charts: "src/charts.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
});
