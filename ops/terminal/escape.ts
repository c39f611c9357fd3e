// Control characters (C0, DEL, C1), and those that reorder or break a line: a terminal would act on them.
const unsafe = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A text as one line of a terminal: line breaks become spaces, other control characters are shown as JSON escapes them. */
export const escapeText = (text: string): string =>
  text.replaceAll(/\s*[\t\n\v\f\r]\s*/g, " ").replaceAll(unsafe, escapeCharacter);

/** The same for a text of several lines, which keeps its line feeds; JSON stays the JSON that it was. */
export const escapeLines = (text: string): string =>
  text.replaceAll(unsafe, (character) => (character === "\n" ? character : escapeCharacter(character)));
