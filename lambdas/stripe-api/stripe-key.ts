import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { patience } from "../dynamodb/dynamodb.ts";
import { StripeKeyRefused } from "../runtime/errors.ts";
import { unsetKey } from "./unset-key.ts";

// A new key is in use after so long at the latest.
const keptMilliseconds = 5 * 60 * 1000;

const ssm = new SSMClient(patience);

let kept: { key: string; until: number } | null = null;

/**
 * The Stripe key, from the parameter of that name in Parameter Store; kept in the container for minutes.
 *
 * @throws {StripeKeyRefused} where none is set.
 */
export const stripeKey = async (parameterName: string): Promise<string> => {
  if (kept && kept.until > Date.now()) return kept.key;
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameterName, WithDecryption: true }));
  const key = Parameter?.Value ?? unsetKey;
  if (key === unsetKey) {
    throw new StripeKeyRefused(`No Stripe key is set in Parameter Store under ${parameterName}: ${howToSet}`);
  }
  if (!/^[rs]k_\w+$/.test(key)) {
    throw new StripeKeyRefused(`What is in Parameter Store under ${parameterName} is no Stripe key: ${howToSet}`);
  }
  kept = { key, until: Date.now() + keptMilliseconds };
  return key;
};

/** Forgets the key, so that a new one is read. */
export const forgetStripeKey = (): void => {
  kept = null;
};

/** Where it is said how the key is set. */
export const howToSet = 'set it as docs/deploying.md says, "The Stripe key"';
