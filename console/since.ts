import { InvalidArgumentError } from "commander";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { timeOption } from "../ops/command/option-values.ts";

/** Reads since when the logs are searched, from `?since=`, as the commands read `--since`. */
export const sinceOf = ({ req }: Context, otherwise: string): Date => {
  const text = req.query("since")?.trim() || otherwise;
  try {
    return timeOption(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new HTTPException(400, { message: `?since=${text}: ${error.message}`, cause: error });
  }
};
