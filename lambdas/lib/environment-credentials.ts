import { env } from "./env.ts";

/** Stands in for the SDK's own provider of the same name: in Lambda credentials are always in the environment. */
export const defaultProvider = () => async () => ({
  accessKeyId: env("AWS_ACCESS_KEY_ID"),
  secretAccessKey: env("AWS_SECRET_ACCESS_KEY"),
  sessionToken: env("AWS_SESSION_TOKEN"),
});
