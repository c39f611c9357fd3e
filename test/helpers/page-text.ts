/** The text of a page's content: a line for each row of a table, term of a list, paragraph and heading. */
export const textOf = (html: string): string =>
  html
    .slice(Math.max(0, html.indexOf("<main")))
    .replaceAll(/\s+/g, " ")
    .replaceAll(/<\/(tr|dd|li|p|h[1-6])>/g, "\n")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/[ \t]+/g, " ");
