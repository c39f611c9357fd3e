/** What AWS charges, in dollars. */
export interface Prices {
  region: string;
  /** When they were looked up. */
  date: string;
  sources: string[];
  /** EventBridge, for an event of a partner or one put on a custom bus, per 64 KB. */
  busEvent: number;
  archivedGigabyte: number;
  archivedGigabyteMonth: number;
  /** Express state machines. */
  execution: number;
  executionGigabyteSecond: number;
  /** Standard state machines, per step and try. */
  transition: number;
  invocation: number;
  /** Lambda on arm64. */
  lambdaGigabyteSecond: number;
  writeUnit: number;
  readUnit: number;
  /** CloudWatch Logs, for what is taken in, Lambda's and Step Functions' alike. */
  loggedGigabyte: number;
  queueRequest: number;
}

const million = 1_000_000;

/** The list prices of the first tier, without what is free. */
export const prices: Prices = {
  region: "us-east-1",
  date: "November 2026",
  sources: [
    "https://aws.amazon.com/eventbridge/pricing/",
    "https://aws.amazon.com/step-functions/pricing/",
    "https://aws.amazon.com/lambda/pricing/",
    "https://aws.amazon.com/dynamodb/pricing/on-demand/",
    "https://aws.amazon.com/cloudwatch/pricing/",
    "https://aws.amazon.com/sqs/pricing/",
  ],
  busEvent: 1 / million,
  archivedGigabyte: 0.1,
  archivedGigabyteMonth: 0.023,
  execution: 1 / million,
  executionGigabyteSecond: 0.06 / 3600,
  transition: 25 / million,
  invocation: 0.2 / million,
  lambdaGigabyteSecond: 0.000_013_333_4,
  writeUnit: 0.625 / million,
  readUnit: 0.125 / million,
  loggedGigabyte: 0.5,
  queueRequest: 0.4 / million,
};
