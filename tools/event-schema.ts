import { join } from "node:path";
import { createGenerator } from "ts-json-schema-generator";
import type { GraphFile } from "./graph-files.ts";

/** The JSON Schema of the events for other services, as their types in `records/events.ts` and the comments there say it. */
export const eventSchema = (root: string): GraphFile => {
  const schema = createGenerator({
    path: join(root, "records/events.ts"),
    tsconfig: join(root, "tsconfig.json"),
    type: "BillingEvent",
    // The types are checked already, and what they have no room for may be added to an event later.
    skipTypeCheck: true,
    additionalProperties: true,
  }).createSchema("BillingEvent");
  return { path: "records/events.schema.json", text: `${JSON.stringify(schema, null, 2)}\n` };
};
