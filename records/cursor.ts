import { integer, is, object, string } from "superstruct";

/** The cursor did not come with a page of this user's payments. */
export class InvalidCursor extends Error {
  override readonly name = "InvalidCursor";
}

// The last evaluated key, of the table and of its index.
const LastKey = object({ PK: string(), SK: string(), user_id: string(), stripe_created: integer() });

/** Encodes the last evaluated key of a page as an opaque text. */
export const writeCursor = (key: object): string => Buffer.from(JSON.stringify(key)).toString("base64url");

/** Decodes a cursor; throws an `InvalidCursor` for one that is not of this user's payments. */
export const readCursor = (cursor: string, userId: string): object => {
  const invalid = (cause?: unknown) =>
    new InvalidCursor(`The cursor is not one of the payments of ${userId}: ${cursor.slice(0, 60)}`, { cause });
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch (error) {
    throw invalid(error);
  }
  if (is(key, LastKey) && key.user_id === userId) return key;
  throw invalid();
};
