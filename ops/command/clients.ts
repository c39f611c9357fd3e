import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { operatorKey } from "../../emulator/protocol/access-keys.ts";

/** The services that a redrive calls. */
export interface Clients {
  sqs: SQSClient;
  sfn: SFNClient;
}

/** What each of AWS's clients is made with. */
export interface ClientConfig {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  disableHostPrefix?: boolean;
  useQueueUrlAsEndpoint: false;
}

/** Clients are to call the region of this ARN, with the credentials that the shell has. */
export const awsConfig = (arn: string): ClientConfig => ({
  region: regionOf(arn),
  // The region has the address already; taken from a queue's, AWS_ENDPOINT_URL would mean nothing.
  useQueueUrlAsEndpoint: false,
});

/** Clients are to call the runner at this address, which never gets the credentials that the shell has. */
export const localConfig = (arn: string, endpoint: string): ClientConfig => ({
  ...awsConfig(arn),
  endpoint,
  credentials: { accessKeyId: operatorKey, secretAccessKey: "none" },
  // StartSyncExecution would go to sync-127.0.0.1.
  disableHostPrefix: true,
});

/** The clients of a redrive. */
export const clientsOf = (config: ClientConfig): Clients => ({
  sqs: new SQSClient(config),
  sfn: new SFNClient(config),
});

const regionOf = (arn: string): string => arn.split(":")[3] ?? "";
