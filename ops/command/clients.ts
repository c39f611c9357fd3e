import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { operatorKey } from "../../emulator/protocol/access-keys.ts";

/** The clients of the services that a redrive calls. */
export interface Clients {
  sqs: SQSClient;
  sfn: SFNClient;
}

/** The configuration of an AWS SDK client. */
export interface ClientConfig {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  disableHostPrefix?: boolean;
  useQueueUrlAsEndpoint: false;
}

/** Configuration for the region of this ARN, with the credentials of the shell. */
export const awsConfig = (arn: string): ClientConfig => ({
  region: regionOf(arn),
  // The region names the endpoint; a queue's URL as endpoint would overrule AWS_ENDPOINT_URL.
  useQueueUrlAsEndpoint: false,
});

/** Configuration for the runner at this endpoint, which never gets the credentials of the shell. */
export const localConfig = (arn: string, endpoint: string): ClientConfig => ({
  ...awsConfig(arn),
  endpoint,
  credentials: { accessKeyId: operatorKey, secretAccessKey: "none" },
  // StartSyncExecution would be sent to the host sync-127.0.0.1.
  disableHostPrefix: true,
});

/** Makes the clients of a redrive. */
export const clientsOf = (config: ClientConfig): Clients => ({
  sqs: new SQSClient(config),
  sfn: new SFNClient(config),
});

const regionOf = (arn: string): string => arn.split(":")[3] ?? "";
