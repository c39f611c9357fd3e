import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account.ts";
import type { Function } from "../processing/function.ts";
import type { StateMachine } from "../processing/state-machine.ts";
import { query, text, type Widget } from "./widgets.ts";

interface Args {
  machines: Record<string, StateMachine>;
  functions: Record<string, Function>;
  account: Account;
}

// What stands in the queries for what is typed in at the top of the dashboard.
const anyEvent = "evt_000000";
const anyCustomer = "cus_000000";

// A text that is put in the place of another wherever that stands in the dashboard.
const asked = (id: string, label: string, pattern: string) => ({
  type: "pattern",
  pattern,
  inputType: "input",
  id,
  label,
  defaultValue: pattern,
  visible: true,
});

/** The boxes at the top of the dashboard to type an id into. */
export const askedIds = [asked("event", "Event id", anyEvent), asked("customer", "Customer id", anyCustomer)];

/** The queries that are mostly asked of the logs, ready to click. */
export const logs = ({ machines, functions, account: { region } }: Args): Widget[][] => {
  const namesOf = (parts: (Function | StateMachine)[]) => pulumi.all(parts.map(({ logGroup }) => logGroup.name));
  const ofFunctions = namesOf(Object.values(functions));
  const ofBoth = namesOf([...Object.values(functions), ...Object.values(machines)]);
  const shown = "fields @timestamp, @log, level, message.message, message.outcome, @message";
  return [
    [text("## Logs\nType an id into the box at the top.")],
    [
      query("By event id", region, ofBoth, [
        shown,
        `filter @message like "${anyEvent}"`,
        "sort @timestamp",
        "limit 200",
      ]),
    ],
    [
      query("By customer", region, ofFunctions, [
        shown,
        `filter @message like "${anyCustomer}"`,
        "sort @timestamp desc",
        "limit 200",
      ]),
    ],
    [
      query("By error", region, ofBoth, [
        // Our Lambdas' own line, which Lambda repeats by other names, and Step Functions', which has crashes and timeouts too.
        "fields coalesce(message.error, details.error) as error, coalesce(message.reason, details.cause) as reason",
        "filter ispresent(error)",
        "stats count(*) as times, latest(@timestamp) as last by error, reason, @log",
        "sort times desc",
        "limit 50",
      ]),
    ],
  ];
};
