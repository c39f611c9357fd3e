import { handler } from "../../lambdas/mark-published.ts";
import type { ToPublish } from "../../lambdas/publishing/to-publish.ts";
import { taskInput } from "../events/envelope.ts";
import { captured } from "./captured.ts";

/** Marks what a Lambda's result says is to be published, as its state machine does once it is on the bus; returns the events. */
export const markAll = async ({ publish }: { publish: ToPublish }): Promise<Record<string, unknown>[]> => {
  if (publish.next !== "nothing") await captured(() => handler(taskInput(publish)));
  return publish.entries.map(({ Detail }) => ({ ...Detail }));
};
