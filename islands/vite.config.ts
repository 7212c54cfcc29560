import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/islands/",
  build: {
    outDir: "../src/youbei/web/static/islands",
    emptyOutDir: true,
    manifest: "manifest.json",
    rollupOptions: {
      input: { map: "src/map.ts", timeline: "src/timeline.ts", clock: "src/clock.ts", live: "src/live.ts" },
    },
  },
});
