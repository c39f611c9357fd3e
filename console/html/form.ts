import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";

const largestForm = 64 * 1024;

/** Refuses a form that is too large before it is read. */
export const formLimit = bodyLimit({
  maxSize: largestForm,
  onError: (c) => c.text(`The form has more than ${largestForm} bytes`, 413),
});

/** The fields of a posted form; those that are empty are left out. */
export const formOf = async (c: Context): Promise<Record<string, string>> => {
  const body = await c.req.parseBody().catch((cause: unknown) => {
    throw new HTTPException(400, { message: `The form cannot be read: ${cause}`, cause });
  });
  const fields = Object.entries(body);
  return Object.fromEntries(
    fields.flatMap(([name, value]) => (typeof value === "string" && value.trim() ? [[name, value.trim()]] : [])),
  );
};
