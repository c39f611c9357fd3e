/**
 * Reads an item of the core table.
 *
 * @throws {Error} that names the item, where it does not hold what this program writes.
 */
export const readable = <T>({ PK, SK }: { PK: string; SK: string }, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new Error(`The item ${PK} ${SK} of the core table does not hold what this program writes: ${reason}`, {
      cause,
    });
  }
};
