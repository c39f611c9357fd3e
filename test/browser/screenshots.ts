import { join } from "node:path";
import { Command } from "commander";

new Command("npm run screenshots --")
  .description("Plays the sample subscription, and writes the screenshots of the console that README shows to docs/.")
  .parse();

// Loaded late: the help needs no packages.
const { play } = await import("../../local/play.ts");
const { sampleOf } = await import("../../samples/events.ts");
const { malformations } = await import("../../samples/malformed.ts");
const { subjectOf } = await import("../../samples/month.ts");
const { openPage, startBrowser } = await import("../helpers/browser.ts");
const { startConsole } = await import("../helpers/console.ts");

const pictures = [
  { file: "console-events.png", path: "/", viewport: { width: 1200, height: 660 }, deviceScaleFactor: 1 },
  // Smaller, as an event's way is long.
  {
    file: "console-event.png",
    path: "/events/evt_life_08",
    viewport: { width: 1600, height: 1360 },
    deviceScaleFactor: 0.75,
  },
];

// The port of npm start, which the pages show.
const served = await startConsole({}, 4400);
const browser = await startBrowser();
try {
  await play(served.session, {}, () => false);
  await served.post(malformations["null-object"]?.spoil(sampleOf("invoice.paid", subjectOf("malformed", 0)).event));
  for (const { file, path, ...size } of pictures) {
    const options = { ...size, timezoneId: "UTC", reducedMotion: "reduce" } as const;
    const { page } = await openPage(browser, `${served.url}${path}`, options);
    await page.screenshot({ path: join(import.meta.dirname, "../../docs", file) });
    console.log(`Wrote docs/${file}`);
  }
} finally {
  await browser.close();
  await served.stop();
}
