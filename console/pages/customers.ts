import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Hono } from "hono";
import { html } from "hono/html";
import { messageForUser } from "../../ops/command/errors.ts";
import { findUsers, readUsers, type UserRecords } from "../../ops/show/read-users.ts";
import { counted } from "../../ops/terminal/counted.ts";
import { readSubscriptionHistory } from "../../ops/show/subscription-history.ts";
import { openRecords } from "../../records/records.ts";
import type { ConsoleArgs } from "../console-args.ts";
import type { ListedEvent } from "../events/event-list.ts";
import { paymentsPart } from "../customers/payments-part.ts";
import { lifePart, subscriptionPart } from "../customers/user-part.ts";
import { button, textField } from "../html/fields.ts";
import type { SendPage } from "../html/page.ts";
import { list, section } from "../html/parts.ts";
import { badge, customerLink, eventLink, inAddress, link, type Markup, shown, time } from "../html/text.ts";
import { numberOf, queryOf, sinceOf } from "../http/request.ts";

const place = "/customers";

const defaultSince = "30d";

const [searchedEvents, mostListed, mostEvents] = [2000, 50, 10];
const [fewPayments, mostPayments] = [50, 1000];

/** Adds the list of customers, and the page of each. */
export const addCustomerPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  const { target, now, events } = args;
  const { stack } = target;
  const logs = new CloudWatchLogsClient(target.config);
  const records = openRecords({ client: new DynamoDBClient(target.dynamodb), tables: stack.tables, now });
  app.get(place, (c) => {
    const { id } = queryOf(c);
    return id === undefined ? send(c, "Customers", listPart(events)) : c.redirect(`${place}/${inAddress(id)}`, 303);
  });
  app.get(`${place}/:id`, async (c) => {
    const id = c.req.param("id");
    const since = sinceOf(c, defaultSince);
    const userIds = await findUsers(id, { logs, stack, since, records });
    const limit = Math.min(numberOf(c, "limit", fewPayments), mostPayments);
    const users = await readUsers(userIds, records, limit);
    const [user] = users;
    if (!user) return send(c, id, [failedEvents(events, [id]), nothingFound(id, userIds, target.name)], 404);
    if (users.length > 1) return send(c, id, choice(id, users));
    // The records are shown without the logs too.
    const history = await readSubscriptionHistory(user.userId, { logs, stack, since }).catch((error: unknown) => {
      const problem = messageForUser(error);
      if (problem === null) throw error;
      return { problem };
    });
    const more = `?${new URLSearchParams({ ...queryOf(c), limit: `${Math.min(4 * limit, mostPayments)}` })}`;
    const nothing = html`<p>No subscription is recorded.</p>`;
    return send(c, user.userId === id ? id : `${id}: ${user.userId}`, [
      failedEvents(events, [id, customerOf(user), user.userId]),
      section("subscription", "The subscription", user.subscription ? subscriptionPart(user.subscription) : nothing),
      section("life", "Its life", lifePart({ ...user, history, since, now: now() }), sinceForm(queryOf(c)["since"])),
      section("payments", "Payments", paymentsPart(user, more)),
      section("events", "The newest events", eventsPart(events, user)),
    ]);
  });
};

const listPart = (events: ConsoleArgs["events"]): Markup => {
  const newest = new Map<string, number>();
  for (const { customerId, at } of events.page({}, 0, searchedEvents).events)
    if (customerId !== null && !newest.has(customerId)) newest.set(customerId, at);
  const items = [...newest].slice(0, mostListed).map(([id, at]) => html`${customerLink(id)}, ${time(at)}`);
  return html`
    <form action="${place}">
      ${textField("id", "A customer, an invoice, an event or a user", { hint: "cus_… in_… evt_…" })} ${button("Show")}
    </form>
    <h2>Customers of the newest events</h2>
    ${list(items) ?? html`<p>No event of a customer is here yet.</p>`}
  `;
};

const choice = (id: string, users: UserRecords[]): Markup => {
  const items = users.map(({ userId, subscription }) => [
    html`${customerLink(userId)} ${subscription ? badge(subscription.status, "plain") : "without a subscription"}`,
  ]);
  return html`<p>${shown(id)} has several users. Which one?</p>
    ${list(items)}`;
};

const nothingFound = (id: string, userIds: string[], stack: string): Markup => {
  const users = userIds.join(" and ");
  const what = users ? `Nothing is recorded of ${users} in` : `No user of ${id} is recorded in`;
  return html`<p>
    ${shown(`${what} ${stack}.`)} A customer is found by cus_…, in_… or the user's own id.
    <a href="${place}">Look for another</a>
  </p>`;
};

const customerOf = ({ subscription, payments }: UserRecords): string =>
  subscription?.customer_id ?? payments[0]?.customer_id ?? "";

// Those of the newest events that are about one of these customers or users.
const eventsOf = (events: ConsoleArgs["events"], ids: string[]): ListedEvent[] =>
  events
    .page({}, 0, searchedEvents)
    .events.filter(({ customerId, userId }) => [customerId, userId].some((id) => id !== null && ids.includes(id)));

// The events of a customer that have failed, and were not handled since: what they say is in no row.
const failedEvents = (events: ConsoleArgs["events"], ids: string[]): Markup | null => {
  const newest = new Map<string, ListedEvent>();
  for (const event of eventsOf(events, ids)) if (!newest.has(event.eventId)) newest.set(event.eventId, event);
  const failed = [...newest.values()].filter(({ error }) => error !== null);
  if (failed.length === 0) return null;
  const items = failed.map(
    ({ eventId, type, outcome }) => html`${eventLink(eventId)} ${shown(type)} ${badge(outcome)}`,
  );
  return html`<div class="problem">
    ${counted(failed.length, "event")} of this customer failed, so that the rows do not show what was to be written:
    ${list(items)} <a href="/dead-letters">Dead letters</a>
  </div>`;
};

const eventsPart = (events: ConsoleArgs["events"], user: UserRecords): Markup => {
  const own = eventsOf(events, [customerOf(user), user.userId]);
  if (own.length === 0) return html`<p>None of the newest events is of this customer.</p>`;
  const items = own
    .slice(0, mostEvents)
    .map(({ eventId, type, at, outcome }) => html`${time(at)} ${eventLink(eventId)} ${shown(type)} ${badge(outcome)}`);
  return html`${list(items)}
    <p>${link(`/?customer=${inAddress(user.userId)}`, "All in the list of events")}</p>`;
};

const sinceForm = (since = defaultSince): Markup =>
  html`<form>
    ${textField("since", "Search the logs since", { value: since, hint: "6h, 30d or 2026-01-31" })} ${button("Search")}
  </form>`;
