import { shown } from "./text.ts";

// How many decimals Stripe's amounts have, which are not always those of ISO 4217: https://docs.stripe.com/currencies
const zeroDecimal = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" ");
const threeDecimal = "BHD JOD KWD OMR TND".split(" ");

const decimalsOf = (currency: string): number => {
  if (zeroDecimal.includes(currency)) return 0;
  return threeDecimal.includes(currency) ? 3 : 2;
};

/** An amount in Stripe's minor unit, with its currency: `¥580`, `$5.80`. */
export const money = (amountMinor: number, currency: string): string => {
  const code = currency.toUpperCase();
  // Not a currency's code, so its minor unit is not known.
  if (!/^[A-Z]{3}$/.test(code)) return `${amountMinor} ${shown(currency)}`;
  const digits = decimalsOf(code);
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat("en", { style: "currency", currency: code, ...decimals }).format(
    amountMinor / 10 ** digits,
  );
};
