import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Hono } from "hono";
import { html } from "hono/html";
import { messageForUser } from "../../ops/command/errors.ts";
import { findUsers, readUsers, type UserRecords } from "../../ops/show/read-users.ts";
import { readSubscriptionHistory } from "../../ops/show/subscription-history.ts";
import { openRecords } from "../../records/records.ts";
import type { ConsoleArgs } from "../console-args.ts";
import { paymentsPart } from "../customers/payments-part.ts";
import { lifePart, subscriptionPart } from "../customers/user-part.ts";
import { button, textField } from "../html/fields.ts";
import type { SendPage } from "../html/page.ts";
import { list, section } from "../html/parts.ts";
import { inAddress, badge, customerLink, eventLink, link, type Markup, shown, time } from "../html/text.ts";
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
    if (!user) return send(c, id, nothingFound(id, userIds, target.name), 404);
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
      sinceForm(queryOf(c)["since"]),
      section("subscription", "The subscription", user.subscription ? subscriptionPart(user.subscription) : nothing),
      section("life", "Its life", lifePart({ ...user, history, since, now: now() })),
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
  return html`<p>${shown(`${what} ${stack}.`)} <a href="${place}">Look for another</a></p>`;
};

const eventsPart = (events: ConsoleArgs["events"], { subscription, payments }: UserRecords): Markup => {
  const customer = subscription?.customer_id ?? payments[0]?.customer_id ?? "";
  // The list takes a part of an id too.
  const own = events.page({ customer }, 0, searchedEvents).events.filter(({ customerId }) => customerId === customer);
  if (own.length === 0) return html`<p>None of the newest events is of this customer.</p>`;
  const items = own
    .slice(0, mostEvents)
    .map(({ eventId, type, at, outcome }) => html`${time(at)} ${eventLink(eventId)} ${shown(type)} ${badge(outcome)}`);
  const all = link(`/?customer=${inAddress(customer)}`, `All ${own.length} of them`);
  return html`${list(items)}
    <p>${all}</p>`;
};

const sinceForm = (since = defaultSince): Markup =>
  html`<form>
    ${textField("since", "Search the logs since", { value: since, hint: "6h, 30d or 2026-01-31" })} ${button("Search")}
  </form>`;
