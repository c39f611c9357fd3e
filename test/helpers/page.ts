import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The code blocks of one language, or of none, on a page of `docs/` or on README, from top to bottom, their common indentation taken away. */
export const blocksOf = (page: string, language: string): string[] => {
  const folder = page === "README" ? "../.." : "../../docs";
  const text = readFileSync(join(import.meta.dirname, folder, `${page}.md`), "utf8");
  const blocks = text.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms);
  return [...blocks].flatMap(([, indent = "", own, block = ""]) =>
    own === language ? [block.replaceAll(new RegExp(`^${indent}`, "gm"), "")] : [],
  );
};
