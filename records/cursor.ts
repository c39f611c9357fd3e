/** The cursor did not come with a page of this user's payments. */
export class InvalidCursor extends Error {
  override readonly name = "InvalidCursor";
}

/** Where a page of a user's payments ends: all invoices that Stripe created before this second are left, and no other. */
export interface PageEnd {
  user_id: string;
  stripe_created: number;
}

/** Encodes the end of a page as an opaque text. */
export const writeCursor = (end: PageEnd): string => Buffer.from(JSON.stringify(end)).toString("base64url");

/** Decodes a cursor to the second at which its page ends; throws an `InvalidCursor` for one that is not of this user's payments. */
export const readCursor = (cursor: string, userId: string): number => {
  const end = Object(parse(cursor));
  if (end.user_id === userId && Number.isInteger(end.stripe_created)) return end.stripe_created;
  throw new InvalidCursor(`The cursor is not one of the payments of ${userId}: ${cursor.slice(0, 60)}`);
};

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return null;
  }
};
