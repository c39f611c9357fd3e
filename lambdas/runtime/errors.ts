/**
 * The event is not what this program accepts; trying again cannot help.
 *
 * The names of these errors are set by hand: Step Functions matches them in `ErrorEquals`, and the bundler may rename a class.
 */
export class InvalidEvent extends Error {
  override readonly name = "InvalidEvent";
}

/** The event must never be written; trying again cannot help. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** No user is known for the event's customer, yet: the index may lag, or the subscription's first event may still be on its way. */
export class CustomerNotFound extends Error {
  override readonly name = "CustomerNotFound";
}

/** Others wrote the same item all the time: trying again helps. */
export class VersionConflict extends Error {
  override readonly name = "VersionConflict";
}

/** No Stripe key is set, or Stripe refuses it; trying again helps once a person has set one. */
export class StripeKeyRefused extends Error {
  override readonly name = "StripeKeyRefused";
}

/** Stripe does not answer, or with an error: trying again helps once it does. The client's own errors have no name to match. */
export class StripeFailed extends Error {
  override readonly name = "StripeFailed";
}

/** An event is known that may be later than what Stripe said: asking again some seconds later can help. */
export class SnapshotTooOld extends Error {
  override readonly name = "SnapshotTooOld";
}

/** Too many changes of an item wait to be published: trying again helps once the bus takes them. */
export class NotPublished extends Error {
  override readonly name = "NotPublished";
}
