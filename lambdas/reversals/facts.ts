/** What Stripe said of a refund at a time; amounts in the currency's minor unit, times in unix seconds. */
export interface RefundFact {
  at: number;
  status: string;
  amount: number;
  currency: string;
  reason: string | null;
  failure_reason: string | null;
  created: number;
}

/** What Stripe said of a dispute at a time. */
export interface DisputeFact {
  at: number;
  status: string;
  amount: number;
  currency: string;
  reason: string | null;
  /** Until when it can be answered. */
  due_by: number | null;
  created: number;
}

/** How much of a charge was refunded at a time, by all its refunds together. */
export interface ChargeFact {
  at: number;
  amount_refunded: number;
  /** Whether Stripe listed all of these refunds with it: then they say it themselves. */
  is_listed: boolean;
  /** The refunds in its list that had failed by then, which the amount leaves out. */
  failed: string[];
  currency: string;
}

/** What Stripe said of one object of it at a time. */
export type Fact =
  | { kind: "refund"; id: string; said: RefundFact }
  | { kind: "dispute"; id: string; said: DisputeFact }
  | { kind: "charge"; id: string; said: ChargeFact };
