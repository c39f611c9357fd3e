/** A line of the bench's table. */
export interface Row {
  /** What was measured. */
  what: string;
  /** The figure, with its range and unit. */
  figure: string;
  /** By how much it is more than its floor, and what the floor is. */
  ratio?: string;
  floor?: string;
}

/** Rows that belong together. */
export interface Section {
  title: string;
  rows: Row[];
}

/** All sections as one table in Markdown. */
export const tableOf = (sections: Section[]): string => {
  const head = ["figure", "median (least–most)", "× floor", "floor"];
  const lines = sections.flatMap(({ title, rows }) => [
    [`**${title}**`, "", "", ""],
    ...rows.map(({ what, figure, ratio = "", floor = "" }) => [what, figure, ratio, floor]),
  ]);
  return markdownTable(head, lines);
};

/** A table in Markdown, laid out as the formatter would. */
export const markdownTable = (head: string[], lines: string[][]): string => {
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)));
  const text = (line: string[]) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [head, widths.map((width) => "-".repeat(width)), ...lines].map(text).join("\n");
};
