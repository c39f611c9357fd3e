import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Context, Hono } from "hono";
import { html } from "hono/html";
import { messageForUser } from "../../ops/command/errors.ts";
import { findUsers, readUsers, type UserRecords } from "../../ops/show/read-users.ts";
import { readSubscriptionHistory } from "../../ops/show/subscription-history.ts";
import type { EventLogsArgs } from "../../ops/trace/event-logs.ts";
import { openRecords } from "../../records/records.ts";
import type { ConsoleArgs } from "../console-args.ts";
import type { SendPage } from "../html/page.ts";
import { sinceOf } from "../since.ts";
import { badge, inAddress, type Markup, shown, time } from "../html/text.ts";
import { customerPage } from "./customer.ts";

const place = "/customers";

const addressOf = (id: string): string => `${place}/${inAddress(id)}`;

/** Adds the list of customers, and the page of each. */
export const addCustomerPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  const { target, now } = args;
  const logs = new CloudWatchLogsClient(target.config);
  const { stack } = target;
  const records = openRecords({ client: new DynamoDBClient(target.dynamodb), tables: stack.tables, now });
  app.get(place, (c) => {
    const id = c.req.query("id")?.trim();
    if (id) return c.redirect(addressOf(id), 303);
    return send(c, { title: "Customers", place, content: listPage(args) });
  });
  app.get(`${place}/:id`, async (c) => {
    const id = c.req.param("id");
    const logArgs = { logs, stack, since: sinceOf(c, defaultSince) };
    const userIds = await findUsers(id, { ...logArgs, records });
    const limit = limitOf(c);
    const users = await readUsers(userIds, records, limit);
    const [user] = users;
    if (!user) c.status(404);
    const more = `?${new URLSearchParams({ ...c.req.query(), limit: `${Math.min(4 * limit, mostPayments)}` })}`;
    const content = html`
      ${user ? sinceForm(c) : nothingFound(id, userIds, target.name)} ${users.length > 1 ? choice(id, users) : ""}
      ${user && users.length === 1 ? await userPart(args, user, logArgs, more) : ""}
    `;
    const title = users.length === 1 && user && user.userId !== id ? `${id}: ${user.userId}` : id;
    return send(c, { title, place, content });
  });
};

const userPart = async (
  { events, now }: ConsoleArgs,
  user: UserRecords,
  logArgs: EventLogsArgs,
  moreAddress: string,
): Promise<Markup> => {
  // The records are shown without the logs too.
  const history = await readSubscriptionHistory(user.userId, logArgs).catch((error: unknown) => {
    const problem = messageForUser(error);
    if (problem === null) throw error;
    return { problem };
  });
  const customerId = user.subscription?.customer_id ?? user.payments[0]?.customer_id ?? null;
  return customerPage({
    ...user,
    history,
    since: logArgs.since,
    now: now(),
    moreAddress,
    events: eventsPart(events, customerId),
  });
};

const listPage = ({ events }: ConsoleArgs): Markup => {
  const newest = new Map<string, number>();
  for (const { customerId, at } of events.page({}, 0, searchedEvents).events)
    if (customerId !== null && !newest.has(customerId)) newest.set(customerId, at);
  const customers = [...newest].slice(0, mostListed);
  return html`
    <form action="${place}">
      <label
        >A customer, an invoice, an event or a user
        <input name="id" required maxlength="200" placeholder="cus_… in_… evt_…" />
      </label>
      <button>Show</button>
    </form>
    <h2>Customers of the newest events</h2>
    ${customers.length === 0 ? html`<p>No event of a customer is here yet.</p>` : ""}
    <ul>
      ${customers.map(([id, at]) => html`<li><a href="${addressOf(id)}">${shown(id)}</a>, ${time(at)}</li>`)}
    </ul>
  `;
};

const [searchedEvents, mostListed, mostEvents] = [2000, 50, 10];
const [fewPayments, mostPayments] = [50, 1000];

const choice = (id: string, users: UserRecords[]): Markup => html`
  <p>${shown(id)} has several users. Which one?</p>
  <ul>
    ${users.map(
      ({ userId, subscription }) =>
        html`<li>
          <a href="${addressOf(userId)}">${shown(userId)}</a>
          ${subscription ? badge(subscription.status, "plain") : "without a subscription"}
        </li>`,
    )}
  </ul>
`;

const nothingFound = (id: string, userIds: string[], stack: string): Markup => {
  const what =
    userIds.length > 0 ? `Nothing is recorded of ${userIds.join(" and ")} in` : `No user of ${id} is recorded in`;
  return html`<p>${shown(`${what} ${stack}.`)} <a href="${place}">Look for another</a></p>`;
};

const eventsPart = (events: ConsoleArgs["events"], customerId: string | null): Markup => {
  // The list takes a part of an id too.
  const own =
    customerId === null
      ? []
      : events.page({ customer: customerId }, 0, searchedEvents).events.filter((one) => one.customerId === customerId);
  if (own.length === 0) return html`<p>None of the newest events is of this customer.</p>`;
  return html`<ul>
      ${own
        .slice(0, mostEvents)
        .map(
          ({ eventId, type, at, outcome }) =>
            html`<li>
              ${time(at)} <a href="/events/${inAddress(eventId)}">${shown(eventId)}</a> ${shown(type)} ${badge(outcome)}
            </li>`,
        )}
    </ul>
    <p><a href="/?customer=${inAddress(`${customerId}`)}">All ${own.length} of them</a></p>`;
};

const defaultSince = "30d";

const sinceForm = (c: Context): Markup => html`
  <form>
    <label
      >Search the logs since
      <input
        name="since"
        value="${c.req.query("since") || defaultSince}"
        maxlength="40"
        placeholder="6h, 30d or 2026-01-31"
      />
    </label>
    <button>Search</button>
  </form>
`;

const limitOf = (c: Context): number => {
  const limit = Number(c.req.query("limit"));
  return Number.isSafeInteger(limit) && limit > 0 ? Math.min(limit, mostPayments) : fewPayments;
};
