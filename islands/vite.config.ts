import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/islands/",
  build: {
    outDir: "../src/youbei/web/static/islands",
    emptyOutDir: true,
    manifest: "manifest.json",
    rollupOptions: {
      input: {
        answers: "src/answers.ts",
        clock: "src/clock.ts",
        headcount: "src/headcount.ts",
        keys: "src/keys.ts",
        live: "src/live.ts",
        map: "src/map.ts",
        passkey: "src/passkey.ts",
        phone: "src/phone.ts",
        slider: "src/slider.ts",
        timeline: "src/timeline.ts",
      },
    },
  },
});
