interface Equivalent {
  why: string;
  /** The mutants' names without their file. */
  of: Record<string, readonly string[]>;
}

const equivalents: readonly Equivalent[] = [
  {
    why: "In-degree and out-degree start from the same number, so their difference does not change; ranks are only compared; an empty id matches no object; and no event about a refund is older than the refund.",
    of: {
      "lambdas/reversals/reversed-payment.ts": [
        "refundedAmount: > -> >=",
        "refundedAmount: at > summed && created > summed -> (created > summed)",
        "weightOf: 0 -> (-1)",
        "weightOf: 3 -> 4",
      ],
      "lambdas/ledger/transition-graph.ts": ["excessOf: 0 -> 1 (2)", "excessOf: 0 -> (-1) (2)"],
      "lambdas/subscriptions/subscription-item.ts": [
        "byPrecedence: 1 -> 2",
        "byPrecedence: 1 -> 2 (2)",
        "byPrecedence: 0 -> (-1)",
        "byPrecedence: 0 -> (-1) (2)",
        "currentSubscriptionFields: shown && subscriptions[shown] -> (subscriptions[shown])",
      ],
      "lambdas/subscriptions/core-table.ts": ["fieldsOf: 0 -> (-1)"],
    },
  },
  {
    why: "Where its items are named, they take the place of all that is put there.",
    of: { "lambdas/subscriptions/subscription-event.ts": ['asPreviousNamesIt: "items" in previous -> false'] },
  },
  {
    why: "A struct of Stripe's lets through what it does not name, and no other shape of it is known; only a charge names an invoice.",
    of: {
      "lambdas/record-reversal.ts": ["recordReversal: after.userId === null && isCharge -> (after.userId === null)"],
      "lambdas/link-payment.ts": ["InvoicePayment: charge: maybe(Reference) -> nothing"],
      "lambdas/reconcile/compare-payment.ts": [
        "ListedInvoice: livemode: maybe(boolean()), -> nothing",
        "ListedInvoice: status: maybe(string()), -> nothing",
      ],
      "lambdas/stripe/shapes.ts": [
        "ExpandedCustomer: id: Id, -> nothing",
        "ExpandedCustomer: deleted: maybe(boolean()) -> nothing",
      ],
      "lambdas/reconcile/compare-subscription.ts": [
        "WithCustomer: livemode: maybe(boolean()), -> nothing",
        "WithCustomer: customer: ExpandedCustomer, -> nothing",
      ],
    },
  },
  {
    why: "No text is shorter than an empty one.",
    of: { "lambdas/stripe/shapes.ts": ["Word: 0 -> (-1)"] },
  },
  {
    why: "It only saves calls: what is done without it has the same end.",
    of: {
      "lambdas/subscriptions/customers-table.ts": [
        'customersTable: ConditionExpression: "attribute_not_exists(PK)", -> nothing',
      ],
      "lambdas/subscriptions/change-subscription.ts": [
        "readElsewhere: overflow === null || subscriptionId in subscriptions -> (subscriptionId in subscriptions)",
      ],
      "lambdas/reconcile/compare-payment.ts": [
        'comparePayment: kind === "payment" && recorded -> (kind === "payment")',
        'comparePayment: kind === "payment" || (await payments.isNewAttempt(payment)) -> ((await payments.isNewAttempt(payment)))',
      ],
      "lambdas/reconcile/compare-subscription.ts": [
        "compareSubscription: here.subscriptions !== undefined && !books.dryRun -> (!books.dryRun)",
        "compareSubscription: known -> true",
        "compareSubscription: customerId: null -> nothing",
        "compareRow: customerId: null -> nothing",
      ],
      "lambdas/reversals/reversals-table.ts": ["growKnown: expiresAt !== null -> true"],
      "lambdas/reconcile/compare-reversal.ts": ["isAbout: invoiceId === null -> false", "isAbout: false -> undefined"],
      "lambdas/payments/add-payer.ts": [
        'addPayer: before["amount"] === undefined && Number(before["expires_at"]) < expiresAt -> (before["amount"] === undefined)',
        "addPayer: < -> <=",
      ],
    },
  },
  {
    why: "Nothing is told of what is equal; any type but that of a failure is a payment; and what has a user is not without one.",
    of: {
      "lambdas/reconcile/compare-payment.ts": [
        "comparePayment: differences: [] -> nothing",
        "comparePayment: ...object, -> nothing",
        'compareInvoice: type: "invoice.paid", -> nothing',
      ],
      "lambdas/reconcile/compare-reversal.ts": ["compareReversal: ...compared, -> nothing"],
      "lambdas/reconcile/compare-subscription.ts": [
        "compareRow: differences: [] -> nothing",
        "compareRow: differences -> nothing",
      ],
      "lambdas/reconcile/comparison.ts": ['withoutUser: found: "failed", -> nothing'],
    },
  },
  {
    why: "Payments whose tie-breakers are equal are equal, so that one of the ranks decides.",
    of: {
      "lambdas/payments/payments-table.ts": [
        'fieldsToRecord: typeof tieBreaker === "string" && tieBreaker > tieBreakerOf(said) -> (tieBreaker > tieBreakerOf(said))',
        "fieldsToRecord: > -> >=",
        "fieldsToRecord: > -> >= (2)",
        "fieldsToRecord: 0 -> 1 (2)",
        "fieldsToRecord: 0 -> (-1) (2)",
        "fieldsToRecord: 0 -> (-1) (3)",
      ],
    },
  },
  {
    why: "What is not there is as good as false, or as any amount that is no credit; and a last group of none compares none.",
    of: {
      "lambdas/stripe/invoice-lines.ts": ["isCredit: 0 -> 1"],
      "lambdas/compare-page.ts": [
        "comparePage: hasMore: false -> nothing",
        "compareAll: < -> <=",
        "comparePage: 0 -> 1",
        "comparePage: 0 -> (-1)",
        "report: 0 -> 1",
        "report: 0 -> (-1)",
        "report: < -> <=",
      ],
      "lambdas/reconcile/pages.ts": ["readPage: hasMore: false -> nothing", "readPage: 0 -> 1"],
    },
  },
  {
    why: "How much is kept is a choice: one more or one less keeps the same promises.",
    of: {
      "lambdas/ledger/event-ledger.ts": [
        "bounds: 200 -> 201",
        "bounds: 200 -> 199",
        "bounds: 40 -> 41",
        "bounds: 40 -> 39",
        "bounds: 150 -> 151",
        "bounds: 150 -> 149",
        "bounds: 80 -> 81",
        "bounds: 80 -> 79",
      ],
      "lambdas/compare-page.ts": [
        "concurrency: 10 -> 11",
        "concurrency: 10 -> 9",
        "deliverySeconds: 3600 -> 3601",
        "deliverySeconds: 3600 -> 3599",
      ],
      "lambdas/publishing/to-publish.ts": [
        "mostBytes: 200_000 -> 200001",
        "mostBytes: 200_000 -> 199999",
        "mostBytesAround: 2000 -> 2001",
        "mostBytesAround: 2000 -> 1999",
        "toPublish: 0 -> 1",
        "toPublish: 0 -> (-1)",
        "toPublish: 0 -> 1 (2)",
        "toPublish: 0 -> (-1) (2)",
        "toPublish: > -> >= (2)",
        "entryOf: <= -> <",
      ],
      "lambdas/stripe-api/stripe-client.ts": ["secondsOf: 1000 -> 1001 (2)", "secondsOf: 1000 -> 999 (2)"],
      "lambdas/reconcile/compare-subscription.ts": [
        "compareSubscription: <= -> <",
        'timesIn: typeof value === "number" -> true',
      ],
      "lambdas/subscriptions/overflow.ts": [
        "maxBytes: 80_000 -> 80001",
        "overflowOf: 0 -> 1 (2)",
        "overflowOf: 0 -> (-1) (3)",
      ],
    },
  },
  {
    why: "No period begins or ends in the first seconds of 1970, and no state is open of which no time is known.",
    of: {
      "lambdas/ledger/subscription-state.ts": [
        "isLater: 0 -> 1",
        "isLater: 0 -> (-1)",
        "isLater: 0 -> 1 (2)",
        "isLater: 0 -> (-1) (2)",
        "isLater: 0 -> 1 (3)",
        "isLater: 0 -> (-1) (3)",
        "isLater: 0 -> 1 (4)",
        "isLater: 0 -> (-1) (4)",
      ],
      "lambdas/ledger/snapshot.ts": ["takeSnapshot: 0 -> 1", "takeSnapshot: 0 -> (-1)"],
      "lambdas/ledger/transition-graph.ts": ["endOfWalk: 0 -> 1 (3)", "endOfWalk: 0 -> (-1) (3)"],
      "lambdas/ledger/reading.ts": [
        "read: 0 -> 1 (3)",
        "read: 0 -> (-1) (3)",
        "read: 0 -> 1 (4)",
        "read: 0 -> (-1) (4)",
      ],
    },
  },
  {
    why: "A state that was never left is unmet, however often it was entered, and an end leaves one such state out; no text is greater than null.",
    of: {
      "lambdas/ledger/snapshot.ts": ["takeSnapshot: 1 -> 2 (2)"],
      "lambdas/ledger/resolve-state.ts": [
        "withEntered: 0 -> 1",
        "withEntered: untrackedFrom !== null && hash >= untrackedFrom -> (hash >= untrackedFrom)",
      ],
    },
  },
  {
    why: "What is not written though there is room says less than its row, which then has an amount; what is named already is added to no effect; an intent sets two attributes or none, and so does an owner, whose names are text.",
    of: {
      "lambdas/reversals/growing.ts": ["expressionOf: 0 -> 1 (2)"],
      "lambdas/reversals/reversals-table.ts": ["grow: 0 -> 1", 'newsOf: typeof known[name] === "string" -> true'],
      "lambdas/payments/payments-table.ts": [
        "recordBest: 0 -> 1",
        "paymentsTable: !isWritten && isFull(outbox) -> (!isWritten)",
        'paymentsTable: isWritten && before["amount"] === undefined -> (before["amount"] === undefined)',
        "paymentsTable: payer && !isNamed(before, payer) -> (payer)",
      ],
    },
  },
  {
    why: "Says what Stripe's SDK does by itself, so that a new version of it changes nothing.",
    of: {
      "lambdas/stripe-api/stripe-client.ts": [
        "clientWith: apiVersion, -> nothing",
        "clientWith: maxNetworkRetries: 2, -> nothing",
        'clientWith: port !== "" && { port } -> ({ port })',
      ],
    },
  },
  {
    why: "The object chooses the struct, which names it once more.",
    of: {
      "lambdas/stripe/reversal.ts": [
        'Refund: object: literal("refund"), -> nothing',
        'Dispute: object: literal("dispute"), -> nothing',
        'Charge: object: literal("charge"), -> nothing',
      ],
    },
  },
  {
    why: "An item that is to be written has a version.",
    of: { "lambdas/subscriptions/change-subscription.ts": ["writeOthers: 1 -> 2", "writeOthers: 1 -> 0"] },
  },
  {
    why: "Of an object whose user is not found neither is read.",
    of: {
      "lambdas/subscriptions/find-user.ts": [
        "findUser: isLinked: false, -> nothing",
        "findUser: isKnown: false -> nothing",
        "findUser: false -> true",
        "findUser: false -> true (2)",
      ],
    },
  },
  {
    why: "Where nothing was ours before, the sum is what was added.",
    of: { "lambdas/reversals/report.ts": ["oursIn: charge: null -> nothing"] },
  },
  {
    why: "No customer is called null or undefined.",
    of: {
      "lambdas/close-gap.ts": ["closeGap: customerId: null -> nothing"],
    },
  },
  {
    why: "It tries further readings, of which none leaves fewer states unmet; an end that is not tracked is balanced by the other's.",
    of: {
      "lambdas/ledger/resolve-state.ts": [
        "improved: next && unmetIn(best.resolved) > 0 -> (next)",
        "improved: > -> >=",
        "improved: 0 -> (-1)",
        "neighboursOf: 0 -> 1",
        "neighboursOf: 0 -> (-1)",
        "neighboursOf: 0 -> 1 (2)",
        "neighboursOf: 0 -> (-1) (2)",
        "neighboursOf: 0 -> 1 (3)",
        "neighboursOf: 0 -> (-1) (3)",
        "neighboursOf: copies !== 0 && count >= 0 -> (count >= 0)",
      ],
    },
  },
  {
    why: "Of two that are equal either may be taken.",
    of: {
      "lambdas/ledger/resolve-state.ts": ["bestReading: <= -> <"],
      "lambdas/reversals/reversals.ts": ["factsIn: < -> >"],
      "lambdas/reversals/reversals-table.ts": ["growKnown: >= -> >", "keepingUntil: < -> <="],
      "lambdas/payments/add-payer.ts": ["settleIntent: > -> >=", "settleExpiry: < -> <="],
      "lambdas/ledger/subscription-state.ts": ["isLater: > -> >= (2)"],
      "lambdas/compare-page.ts": ["comparePage: > -> >="],
      "lambdas/ledger/record-event.ts": ["endOf: > -> >= (2)", "preferred: >= -> >"],
      "lambdas/ledger/processed-events.ts": ["added: >= -> >"],
    },
  },
  {
    why: "The other way to the same text, which takes longer.",
    of: {
      "lambdas/ledger/processed-events.ts": ["added: name >= names.slice(-nameLength) -> false"],
      "lambdas/ledger/state-hash.ts": ["hashOf: known !== undefined -> false", "hashOf: hashes.set(state, made); -> ;"],
    },
  },
  {
    why: "The socket's timeout ends a call that hears nothing as well; both are needed for one that hears a byte now and then.",
    of: {
      "lambdas/dynamodb/dynamodb.ts": [
        "patience: requestTimeout: requestTimeoutMilliseconds, -> nothing",
        "patience: throwOnRequestTimeout: true, -> nothing",
        "patience: true -> false",
      ],
    },
  },
  {
    why: "The same to JavaScript: a search from before the beginning, a spread or a flatMap of undefined, a first character that is always 0, a number of whole names, what is not there compared.",
    of: {
      "lambdas/ledger/processed-events.ts": [
        "isProcessed: 0 -> (-1)",
        "timeOf: 0 -> 1",
        "remember: 0 -> 1 (2)",
        "isRecorded: 1 -> 2 (2)",
      ],
      "lambdas/ledger/record-event.ts": ["inNewestSecond: {} -> undefined"],
      "lambdas/stripe/prices.ts": ["priceOf: null -> undefined"],
      "lambdas/reversals/reversed-payment.ts": [
        "refundedAmount: failedAt !== null && failedAt >= summed -> (failedAt >= summed)",
      ],
      "lambdas/payments/add-payer.ts": ['isNamed: typeof own === "string" && own <= id -> (own <= id)'],
    },
  },
  {
    why: "Asks DynamoDB for the same, or for more than is read of its answer.",
    of: {
      "lambdas/subscriptions/users-of-customer.ts": [
        'usersOfCustomer: ProjectionExpression: "PK, SK", -> nothing',
        "usersOfCustomer: start && { ExclusiveStartKey: start } -> ({ ExclusiveStartKey: start })",
      ],
    },
  },
  {
    why: "Nothing but an Error is thrown there; and nothing but a set has such a name.",
    of: {
      "lambdas/subscriptions/readable-item.ts": ["readable: cause instanceof Error -> true"],
      "lambdas/reversals/published-reversals.ts": ["without: added && value instanceof Set -> (added)"],
      "lambdas/compare-page.ts": [
        "compare: !(failure instanceof Error) || !isOfObject(failure) -> (!isOfObject(failure))",
      ],
    },
  },
  {
    why: "Whether there is a path, or edges are connected, does not depend on how often an edge is there, and a loop has two equal ends.",
    of: {
      "lambdas/ledger/resolve-state.ts": [
        "repeatsOf: 1 -> 0",
        "repeatsOf: 1 -> 2",
        "resolvedSince: 1 -> 0",
        "resolvedSince: 1 -> 2",
        "resolvedSince: 1 -> 0 (2)",
        "resolvedSince: 1 -> 2 (2)",
        "resolvedSince: count: 1 -> nothing",
        "resolvedSince: from: hash, -> nothing",
        "resolvedSince: to: hash, -> nothing",
      ],
    },
  },
  {
    why: "Times and quotients of the same numbers have the same sign, and nothing meets nothing.",
    of: {
      "lambdas/ledger/first-version.ts": ["meet: * -> /", "meet: >= -> >", "meet: 0 -> 1 (3)"],
    },
  },
];

/** The mutants that no test can kill, by name, and why. */
export const equivalentMutants: Readonly<Record<string, string>> = Object.fromEntries(
  equivalents.flatMap(({ why, of }) =>
    Object.entries(of).flatMap(([file, names]) => names.map((name) => [`${file} ${name}`, why])),
  ),
);
