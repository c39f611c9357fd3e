import { UserError } from "../../ops/command/errors.ts";

/** The key by which a sandbox of Stripe's is asked; refuses another without ever saying it. */
export const sandboxKey = (key: string | undefined): string => {
  if (key !== undefined && /^[rs]k_test_\w+$/.test(key)) return key;
  throw new UserError(
    `--stripe api: STRIPE_API_KEY ${problemOf(key)}: set it to a restricted key of a sandbox, rk_test_…`,
  );
};

const problemOf = (key = ""): string => {
  if (key === "") return "is not set";
  // What it reads would be in the tables and the log of this machine.
  return /^[rs]k_live_/.test(key) ? "is a live key" : "is no secret key of Stripe's";
};
