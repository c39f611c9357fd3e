/** An event for other services as a line shows it: `PaymentRecorded payment/in_1/SUCCEEDED version 1`. */
export const publishedText = ({ type, subject, version }: { type: string; subject: string; version: number }): string =>
  `${type} ${subject} version ${version}`;
