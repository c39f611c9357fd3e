import { integer, is, object, string } from "superstruct";

/** A cursor is none that a page of this user's payments came with. */
export class InvalidCursor extends Error {
  override readonly name = "InvalidCursor";
}

// The key of the last payment that was read, in the table and in its index.
const LastKey = object({ PK: string(), SK: string(), user_id: string(), stripe_created: integer() });

/** Writes the key of the last payment of a page as a text that nobody need understand. */
export const writeCursor = (key: object): string => Buffer.from(JSON.stringify(key)).toString("base64url");

/** Reads such a text; throws an `InvalidCursor` for any that is not of this user's payments. */
export const readCursor = (cursor: string, userId: string): object => {
  const key = jsonOf(Buffer.from(cursor, "base64url").toString("utf8"));
  if (is(key, LastKey) && key.user_id === userId) return key;
  throw new InvalidCursor(`The cursor is none of the payments of ${userId}: ${cursor.slice(0, 60)}`);
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
