/** What one call of a Lambda asks of a table or an index. */
export interface Demand {
  table: string;
  kind: "read" | "write";
  /** Read units of 4 KB, write units of 1 KB; an eventually consistent read is half a unit. */
  units: number;
}

/** How long things take, in milliseconds, and what they ask of DynamoDB. */
export interface Figures {
  /** Of a call in an environment that is there, by Lambda. */
  warmMilliseconds: Record<string, number>;
  /** What Step Functions takes between two states. */
  stepMilliseconds: number;
  demands: Record<string, Demand[]>;
  /** What the mark asks for what a Lambda has written. */
  marks: Record<string, Demand[]>;
}

/**
 * The figures that the ceilings and the costs are computed from.
 *
 * Times are assumptions, none was measured in AWS: 25 ms for a warm call of 512 MB with one or two calls to DynamoDB, 20 ms
 * for a step. The demands follow from the code: `resolve-customer`
 * queries an index of keys; a payment's row is less than 1 KB, and more while a change of it waits to be published, and is in one index; the
 * item of what paid it, which is in none, is written once both are known: at most by each of its events; `sync-subscription` reads and
 * writes the user's item, which a test holds to this size. A mark writes the row that has changed again, and takes as much as the write.
 */
export const figures: Figures = {
  warmMilliseconds: {
    "resolve-customer": 25,
    "write-payment": 25,
    "link-payment": 25,
    "record-reversal": 25,
    "sync-subscription": 25,
    "mark-published": 25,
  },
  stepMilliseconds: 20,
  demands: {
    "resolve-customer": [{ table: "core/GSI2", kind: "read", units: 0.5 }],
    "write-payment": [
      { table: "payments", kind: "write", units: 3 },
      { table: "payments/GSI1", kind: "write", units: 2 },
    ],
    "link-payment": [
      { table: "payments", kind: "write", units: 2 },
      { table: "payments/GSI1", kind: "write", units: 1 },
    ],
    "record-reversal": [{ table: "payments", kind: "write", units: 1 }],
    "sync-subscription": [
      { table: "core", kind: "read", units: 1 },
      { table: "core", kind: "write", units: 3 },
    ],
  },
  marks: {
    "write-payment": [
      { table: "payments", kind: "write", units: 2 },
      { table: "payments/GSI1", kind: "write", units: 2 },
    ],
    "link-payment": [{ table: "payments", kind: "write", units: 1 }],
    "record-reversal": [{ table: "payments", kind: "write", units: 1 }],
    "sync-subscription": [{ table: "core", kind: "write", units: 3 }],
  },
};
