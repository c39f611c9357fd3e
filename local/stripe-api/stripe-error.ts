/** An error in the words of Stripe's API: https://docs.stripe.com/api/errors */
export class StripeError extends Error {
  override readonly name = "StripeError";
  readonly status: number;
  readonly fields: { type: string; code?: string; param?: string };

  constructor(status: number, message: string, { type = "invalid_request_error", ...more }: Partial<Fields> = {}) {
    super(message);
    this.status = status;
    this.fields = { type, ...more };
  }
}

type Fields = StripeError["fields"];

/** Stripe's answer where there is no object of an id: 404 where the path names it, 400 where a parameter does. */
export const noSuch = (kind: string, id: string, param: string): StripeError =>
  new StripeError(param === "id" ? 404 : 400, `No such ${kind}: '${id}'`, { code: "resource_missing", param });

/** What Stripe answers with a status that is about the key, the rate or Stripe itself. */
export const errorOfStatus = (status: number): StripeError => {
  if (status === 401) return new StripeError(401, "Invalid API Key provided: ****");
  if (status === 403)
    return new StripeError(403, "The provided key does not have the required permissions for this endpoint.");
  if (status === 429) {
    const message = "Request rate limit exceeded. Learn more about rate limits: https://docs.stripe.com/rate-limits";
    return new StripeError(429, message, { code: "rate_limit" });
  }
  const isOfStripe = status >= 500;
  return new StripeError(status, "An unknown error occurred", isOfStripe ? { type: "api_error" } : {});
};
