import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The code blocks of one language on a page of `docs/`, from top to bottom, their common indentation taken away. */
export const blocksOf = (page: string, language: string): string[] => {
  const text = readFileSync(join(import.meta.dirname, "../../docs", `${page}.md`), "utf8");
  const blocks = text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^ *\`\`\`$`, "gms"));
  return [...blocks].map(([, indent = "", block = ""]) => block.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
};
