import { type SampleRow, samplesOf } from "../../samples/events.ts";
import { sampleMonth, subjectOf } from "../../samples/month.ts";
import type { Json } from "../../samples/stripe-objects.ts";

/** What a smoke test puts on a bus, one event of each type, and the keys of all rows that come of it. */
export interface SmokeEvents {
  userId: string;
  invoiceId: string;
  paymentIntentId: string;
  events: (Json & { id: string; type: string })[];
  coreKeys: object[];
  paymentKeys: object[];
}

/** Makes up a month of one subscription that ends, with ids that have `run` in them; `now` in unix seconds. */
export const smokeEvents = (run: string, now: number): SmokeEvents => {
  const userId = `smoke_${run}`;
  const subject = { ...subjectOf(`smoke_${run}`, now - 30 * 24 * 3600), userId };
  const { invoiceId, paymentIntentId } = sampleMonth(subject);
  const samples = samplesOf(subject);
  const keysIn = (table: SampleRow["table"]): object[] => {
    const own = samples.flatMap(({ rows }) => rows).filter((row) => row.table === table);
    return [...new Map(own.map(({ PK, SK }) => [`${PK} ${SK}`, { PK, SK }])).values()];
  };
  return {
    userId,
    invoiceId,
    paymentIntentId,
    events: samples.map(({ event }) => event),
    coreKeys: keysIn("core"),
    paymentKeys: keysIn("payments"),
  };
};
