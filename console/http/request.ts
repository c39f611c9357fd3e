import { InvalidArgumentError } from "commander";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { timeOption } from "../../ops/command/option-values.ts";

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
  return filled(body);
};

/** The fields of an address's query; those that are empty are left out. */
export const queryOf = (c: Context): Record<string, string> => filled(c.req.query());

const filled = (fields: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === "string" && value.trim() ? [[name, value.trim()]] : [],
    ),
  );

/** A number of an address's query from 1 on, or another where there is none. */
export const numberOf = (c: Context, name: string, otherwise: number): number => {
  const value = Number(c.req.query(name));
  return Number.isSafeInteger(value) && value > 0 ? value : otherwise;
};

/** Reads since when the logs are searched, from `?since=`, as the commands read `--since`. */
export const sinceOf = (c: Context, otherwise: string): Date => {
  const { since = otherwise } = queryOf(c);
  try {
    return timeOption(since);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new HTTPException(400, { message: `?since=${since}: ${error.message}`, cause: error });
  }
};
