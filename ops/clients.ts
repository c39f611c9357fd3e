import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";

/** The services that a redrive calls. */
export interface Clients {
  sqs: SQSClient;
  sfn: SFNClient;
}

/** Clients for the region of this ARN, with the credentials that the shell has. */
export const awsClients = (arn: string): Clients => {
  const region = regionOf(arn);
  // The region has the address already; taken from the queue's, AWS_ENDPOINT_URL would mean nothing.
  return { sqs: new SQSClient({ region, useQueueUrlAsEndpoint: false }), sfn: new SFNClient({ region }) };
};

/** Clients for the runner at this address, which asks for no credentials and never gets any. */
export const localClients = (arn: string, endpoint: string): Clients => {
  const config = {
    region: regionOf(arn),
    endpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    // StartSyncExecution would go to sync-127.0.0.1.
    disableHostPrefix: true,
  };
  return { sqs: new SQSClient(config), sfn: new SFNClient(config) };
};

const regionOf = (arn: string): string => arn.split(":")[3] ?? "";
