import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { eventTables, pagesWithTables } from "../../tools/event-tables.ts";

const test = suite("the tables of event types");

const root = join(import.meta.dirname, "../..");

test("are on the pages that have their markers, as the program is now", () => {
  const pages = pagesWithTables(root);
  for (const { path, text } of pages) {
    const isCurrent = readFileSync(join(root, path), "utf8") === text;
    assert.ok(isCurrent, `${path} lists other types of event than infra/workflows.ts: npm run graph`);
  }
  for (const [name, table] of Object.entries(eventTables)) {
    const marked = `<!-- ${name}:begin -->\n\n${table}\n\n<!-- ${name}:end -->`;
    assert.ok(
      pages.some(({ text }) => text.includes(marked)),
      `No page has the markers of ${name}`,
    );
  }
});

test.run();
