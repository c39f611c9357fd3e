/** A message has more bytes than the queue takes. */
export class MessageTooLarge extends Error {
  override readonly name = "MessageTooLarge";
}

/** A text is not a receipt handle of this queue. */
export class InvalidReceiptHandle extends Error {
  override readonly name = "InvalidReceiptHandle";
}

/** A message is visible again, so that its visibility timeout cannot be changed. */
export class MessageNotInFlight extends Error {
  override readonly name = "MessageNotInFlight";
}
