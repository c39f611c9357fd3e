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
});

/** Makes the clients of a redrive. */
export const clientsOf = (config: ClientConfig): Clients => {
  const sfn = new SFNClient(config);
  sfn.middlewareStack.add(
    (next) => (args) => {
      const request = Object(args.request);
      // StartSyncExecution has a host of its own in AWS alone; another endpoint, such as an IP address, is called as it is.
      request.hostname = request.hostname.replace(/^sync-(?!states[.-])/, "");
      return next(args);
    },
    // Before the step that names the host in a header, and before the signature.
    { step: "build", priority: "high" },
  );
  return { sqs: new SQSClient(config), sfn };
};

const regionOf = (arn: string): string => arn.split(":")[3] ?? "";
