import type { ServerResponse } from "node:http";
import { addValue, noStatistics, type Statistics } from "./statistics.ts";

/** What DynamoDB sends to CloudWatch of an operation on a table, put together. */
export interface Measured {
  metricName: "SuccessfulRequestLatency" | "ThrottledRequests";
  table: string;
  operation: string;
  statistics: Statistics;
}

/** Keeps what DynamoDB sends until it is taken. */
export interface DynamoDBMeter {
  /** Follows a call to its answer; `target` and `body` say what it asks for, `fault` what goes wrong with it. */
  follow(target: string, body: Buffer, response: ServerResponse, fault: string | null): void;
  take(): Measured[];
}

/** Makes an empty meter. */
export const makeDynamoDBMeter = (): DynamoDBMeter => {
  const kept = new Map<string, Measured>();
  const put = (metricName: Measured["metricName"], table: string, operation: string, value: number): void => {
    const key = `${metricName} ${table} ${operation}`;
    const measured = kept.get(key) ?? { metricName, table, operation, statistics: noStatistics() };
    kept.set(key, measured);
    addValue(measured.statistics, value);
  };
  return {
    follow: (target, body, response, fault) => {
      const { TableName: table }: { TableName: string } = JSON.parse(`${body}`);
      const operation = target.split(".").at(-1) ?? "";
      if (fault === "throttles") put("ThrottledRequests", table, operation, 1);
      const since = performance.now();
      response.once("finish", () => {
        if (response.statusCode === 200) put("SuccessfulRequestLatency", table, operation, performance.now() - since);
      });
    },
    take: () => {
      const taken = [...kept.values()];
      kept.clear();
      return taken;
    },
  };
};
