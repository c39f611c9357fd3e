import { dynamodb } from "../../lambdas/dynamodb/dynamodb.ts";
import type { Json } from "../../samples/stripe-objects.ts";

/** Runs something while each call that the Lambdas make of DynamoDB goes through a hook, which makes the call itself; returns its result. */
export const withHook = async <T>(
  hook: (call: () => Promise<object>, input: Json) => Promise<object>,
  run: () => Promise<T>,
): Promise<T> => {
  dynamodb.middlewareStack.add(
    (next) => async (given) => (await hook(() => next(given), { ...given.input })) as Awaited<ReturnType<typeof next>>,
    { step: "initialize", name: "hook" },
  );
  try {
    return await run();
  } finally {
    dynamodb.middlewareStack.remove("hook");
  }
};
