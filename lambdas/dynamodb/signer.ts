import { createHash, createHmac, createSecretKey } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { env } from "../runtime/env.ts";

type SourceData = string | ArrayBuffer | ArrayBufferView;

// SHA-256 and its HMAC for the signer; Node needs four times as long for the SDK's own, which takes a key as bytes.
class Sha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Uint8Array };

  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", keyOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  // The signer never asks for it: it makes a new one for each text.
  reset(): never {
    throw new Error("A hash is used once");
  }
}

const keyOf = (secret: SourceData) => {
  if (typeof secret === "string") return secret;
  return createSecretKey(
    ArrayBuffer.isView(secret)
      ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
      : new Uint8Array(secret),
  );
};

let made: SignatureV4 | undefined;

/** AWS's own signer, for calls of DynamoDB by this Lambda's role; its credentials are in the environment for as long as the container lives. */
export const signer = (): SignatureV4 => {
  made ??= new SignatureV4({
    service: "dynamodb",
    region: env("AWS_REGION"),
    credentials: {
      accessKeyId: env("AWS_ACCESS_KEY_ID"),
      secretAccessKey: env("AWS_SECRET_ACCESS_KEY"),
      sessionToken: env("AWS_SESSION_TOKEN"),
    },
    sha256: Sha256,
    // Its header would say what the signature says.
    applyChecksum: false,
  });
  return made;
};
