import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { EventList, ListedEvent } from "../../console/events/event-list.ts";
import { serveStack } from "../../console/serve-stack.ts";
import { localTarget } from "../../ops/command/target.ts";
import { sampleOf } from "../../samples/events.ts";
import { subjectOf } from "../../samples/month.ts";
import { type Serving, startServing } from "../helpers/serving.ts";

const test = suite("the console over a deployed stack");

let serving: Serving;
let stack: Awaited<ReturnType<typeof serveStack>>;
test.before(async () => {
  serving = await startServing({ items: [{ PK: "USER#known", SK: "CUSTOMER#cus_known", customer_id: "cus_known" }] });
  stack = await serveStack({
    target: localTarget(serving.url, serving.stack),
    targetText: "--stack dev",
    graph: serving.graph,
    write: false,
    port: 0,
    perSecond: 500,
  });
});
test.after(async () => {
  await stack.end();
  await serving.stop();
});

// Waits until the list has a row that is as it should be: log groups are read one after the other, so it may say less at first.
const listed = (events: EventList, isWanted: (event: ListedEvent) => boolean): Promise<ListedEvent> =>
  new Promise((found) => {
    const look = (): boolean => {
      const event = events.page({}, 0, 1000).events.find(isWanted);
      if (event) found(event);
      return event !== undefined;
    };
    if (look()) return;
    const unsubscribe = events.subscribe(() => look() && unsubscribe());
  });

const month = (name: string) => subjectOf(name, 1_767_225_600);

test("lists an event by what its Lambdas have logged, as its outcome was", async () => {
  const { event } = sampleOf("customer.subscription.created", month("listed"));
  const { outcome, eventId } = await serving.handle(event);
  const { at, ms, key, ...row } = await listed(
    stack.events,
    (one) => one.eventId === eventId && one.outcome === outcome && one.customerId !== null && one.userId !== null,
  );
  assert.equal(row, {
    eventId,
    type: "customer.subscription.created",
    customerId: "cus_listed",
    userId: "user_listed",
    outcome: "applied",
    retries: 0,
    error: null,
  });
  assert.match(key, /:express:dev-homebiyori-subscription-created:/);
  assert.ok(at > 0 && ms !== null);
});

test("lists a failed event with its error and its retries, and the same event again by a row of its own", async () => {
  const { event } = sampleOf("invoice.paid", { ...month("unknown"), userId: null });
  const failed = await serving.handle(event);
  assert.is(failed.outcome, "dead-letter");
  assert.ok(failed.retries > 0);
  const row = await listed(
    stack.events,
    (one) => one.eventId === event.id && one.outcome === "dead-letter" && one.retries === failed.retries,
  );
  assert.is(row.error?.name, "CustomerNotFound");
  assert.match(`${row.error?.message}`, "cus_unknown");
  await serving.handle(event);
  await listed(stack.events, (one) => one.eventId === event.id && one.key !== row.key && one.outcome === "dead-letter");
  assert.is(stack.events.of(event.id).length, 2);
});

test("serves the list, and refuses a page of another site", async () => {
  const { event } = sampleOf("customer.subscription.created", month("served"));
  await serving.handle(event);
  await listed(stack.events, (one) => one.eventId === event.id);
  const page = await (await fetch(`${stack.url}/?id=${event.id}`)).text();
  assert.match(page, `href="/events/${event.id}"`);
  assert.not.match(page, "evt_listed");
  const foreign = await fetch(stack.url, { headers: { origin: "https://evil.example" } });
  assert.is(foreign.status, 403);
});

test("says on the page why its list is not current", async () => {
  const { stack: outputs, url } = serving;
  const logGroups = { ...outputs.logGroups, "resolve-customer": "/aws/lambda/deleted" };
  const other = await serveStack({
    target: localTarget(url, { ...outputs, logGroups }),
    targetText: "--stack dev",
    graph: serving.graph,
    write: false,
    port: 0,
    perSecond: 500,
  });
  let page = "";
  while (!page.includes("not current")) page = await (await fetch(other.url)).text();
  assert.match(page, "The list is not current: AWS answers ");
  await other.end();
});

test.run();
