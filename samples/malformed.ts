import type { Json } from "./stripe-objects.ts";

/** A way in which an event is not as Stripe sends it. */
export interface Malformation {
  /** What is wrong with it. */
  title: string;
  /** Makes a good event bad. */
  spoil: (event: Json) => unknown;
}

// What a page or a terminal might obey.
const hostile = "<script>alert(1)</script><b>&amp;\u001b[2J\u0007\u202e";

const megabyte = 1_000_000;

/** Ways in which an event is malformed, by their names. */
export const malformations: Readonly<Record<string, Malformation>> = {
  "no-id": { title: "no id", spoil: ({ id: _, ...rest }) => rest },
  "null-object": { title: "null instead of the object", spoil: (event) => withObject(event, () => null) },
  "text-object": { title: "a text instead of the object", spoil: (event) => withObject(event, () => "object") },
  list: { title: "a list instead of the event", spoil: (event) => [event] },
  hostile: {
    title: "HTML and control characters in its id and fields",
    spoil: (event) => {
      const object = (old: Json) => ({ ...old, status: hostile, currency: hostile, metadata: { [hostile]: hostile } });
      return { ...withObject(event, object), id: `${event["id"]}_${hostile}` };
    },
  },
  large: {
    title: "1 MB",
    spoil: (event) => {
      const free = megabyte - JSON.stringify(event).length;
      return withObject(event, (old) => ({ ...old, description: "x".repeat(free) }));
    },
  },
};

const withObject = (event: Json, change: (object: Json) => unknown): Json => {
  const data = Object(event["data"]);
  return { ...event, data: { ...data, object: change(data.object) } };
};
