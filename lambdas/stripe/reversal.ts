import { array, dynamic, enums, type Infer, is, literal, type Struct, type } from "superstruct";
import { AmountMinor, Currency, Id, maybe, Reference, UnixSeconds, Word } from "./shapes.ts";

// What a refund, a dispute and a charge name of the payment that they are about; where there is an intent, it is the payment's.
const paidBy = { payment_intent: maybe(Reference) };

// https://docs.stripe.com/api/refunds/object
const Refund = type({
  object: literal("refund"),
  id: Id,
  ...paidBy,
  charge: maybe(Reference),
  amount: AmountMinor,
  currency: Currency,
  // Stripe's reference lets it be null.
  status: maybe(Word),
  reason: maybe(Word),
  failure_reason: maybe(Word),
  created: UnixSeconds,
});

// https://docs.stripe.com/api/disputes/object
const Dispute = type({
  object: literal("dispute"),
  id: Id,
  ...paidBy,
  charge: maybe(Reference),
  amount: AmountMinor,
  currency: Currency,
  status: Word,
  reason: maybe(Word),
  evidence_details: maybe(type({ due_by: maybe(UnixSeconds) })),
  created: UnixSeconds,
});

// https://docs.stripe.com/api/charges/object
const Charge = type({
  object: literal("charge"),
  id: Id,
  ...paidBy,
  // Before 2025-03-31.basil.
  invoice: maybe(Reference),
  amount_refunded: AmountMinor,
  currency: Currency,
  // Before 2022-11-15, the newest ten; later only where a request expands them.
  refunds: maybe(type({ data: array(Refund) })),
});

const structs = { refund: Refund, dispute: Dispute, charge: Charge };

/** One of Stripe's objects that say that money goes back, or may. */
export type Reversal = Infer<(typeof structs)[keyof typeof structs]>;

// A struct of one of several objects is none of all of them to the type checker, but to superstruct.
const oneOf = <T extends Reversal>(objects: Reversal["object"][]): Struct<T> => {
  const Named = type({ object: enums(objects) });
  return dynamic<T>((value): never => (is(value, Named) ? structs[value.object] : Named) as never);
};

/** A refund, a dispute, or a charge of which some is refunded, in any API version's shape. */
export const Reversal = oneOf<Reversal>(["refund", "dispute", "charge"]);

/** A refund or a dispute, as Stripe's API lists them. */
export const ListedReversal = oneOf<Exclude<Reversal, { object: "charge" }>>(["refund", "dispute"]);

/** The payment intent of the payment that it is about, or the charge where there is no intent; null where it names neither. */
export const paymentOf = (reversal: Reversal): string | null =>
  reversal.payment_intent ?? (reversal.object === "charge" ? reversal.id : reversal.charge) ?? null;
