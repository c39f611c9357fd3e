import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { handledTypes, workflows } from "../infra/workflows.ts";
import type { GraphFile } from "./graph-files.ts";

// As the formatter would have it, each column as wide as its widest cell.
const tableOf = (rows: string[][]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lineOf = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...others] = rows;
  return [head, widths.map((width) => "-".repeat(width)), ...others].map(lineOf).join("\n");
};

/** What is written from the table of workflows into pages, between the markers `<!-- name:begin -->` and `<!-- name:end -->`. */
export const eventTables: Record<string, string> = {
  events: tableOf([
    ["event type", "rule", "what it does"],
    ...workflows.map(({ eventType, name, description }) => [`\`${eventType}\``, `\`${name}-rule\``, description]),
  ]),
  "stripe-types": handledTypes.map((type) => `- \`${type}\``).join("\n"),
};

const part = /(?<=<!-- ([\w-]+):begin -->\n).*?(?=<!-- \1:end -->)/gs;

/** The pages that have such markers, with what is to be between them. */
export const pagesWithTables = (root: string): GraphFile[] => {
  const pages = readdirSync(join(root, "docs")).filter((file) => file.endsWith(".md"));
  return ["README.md", ...pages.map((page) => `docs/${page}`)].flatMap((path) => {
    const before = readFileSync(join(root, path), "utf8");
    const text = before.replaceAll(part, (old, name: string) =>
      eventTables[name] ? `\n${eventTables[name]}\n\n` : old,
    );
    return Object.keys(eventTables).some((name) => before.includes(`<!-- ${name}:begin -->`)) ? [{ path, text }] : [];
  });
};
