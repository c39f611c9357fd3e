import type { Json } from "../../samples/stripe-objects.ts";

/** What Stripe knows of a person and nothing but the event itself may tell. */
export const person: Json = {
  name: "Planted Hanako",
  email: "hanako@planted.example",
  phone: "+81 90 0000 7391",
  address: { line1: "Planted 1-2-3", city: "Plantedmachi", postal_code: "739-0073", country: "JP" },
};

const texts = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [`${value}`];

const personal = texts(person).filter((text) => text !== "JP");

/** The secrets in the environment, which must never be printed. */
export const secrets = {
  STRIPE_API_KEY: "sk_live_planted_7391",
  STRIPE_WEBHOOK_SECRET: "whsec_planted_7391",
  AWS_SECRET_ACCESS_KEY: "planted-access-key-7391",
};

/** Which of a person's data are in a text. */
export const personalIn = (text: string): string[] => personal.filter((one) => text.includes(one));

/** Which secrets are in a text. */
export const secretsIn = (text: string): string[] => Object.values(secrets).filter((one) => text.includes(one));

/** An object of Stripe's with a person's data in every object in it, and in every text that people write. */
export const planted = (value: Json): Json => {
  const inner = Object.entries(value).map(([key, field]): [string, unknown] => [key, plantedIn(field)]);
  return { ...person, ...written, ...Object.fromEntries(inner) };
};

const plantedIn = (field: unknown): unknown => {
  if (Array.isArray(field)) return field.map(plantedIn);
  return typeof field === "object" && field !== null ? planted({ ...field }) : field;
};

const written: Json = {
  description: `For ${person["name"]}`,
  footer: `Dear ${person["name"]}`,
  nickname: person["name"],
  receipt_email: person["email"],
  customer_name: person["name"],
  customer_email: person["email"],
  customer_phone: person["phone"],
  customer_address: person["address"],
  customer_shipping: person,
  custom_fields: [{ name: "Mr", value: person["name"] }],
  cancellation_details: { comment: `Call me, ${person["phone"]}` },
  default_payment_method: { id: "pm_1", object: "payment_method", billing_details: person },
  last_payment_error: { code: "card_declined", message: `${person["name"]}'s card was declined` },
};
