import { suite } from "uvu";
import * as assert from "uvu/assert";
import { money } from "../../../console/html/money.ts";

const test = suite("an amount on a page");

test("is in the major unit of its currency, by Stripe's count of decimals", () => {
  for (const [amount, currency, text] of [
    [580, "jpy", "¥580"],
    [5413, "usd", "$54.13"],
    [-290, "eur", "-€2.90"],
    [0, "krw", "₩0"],
    [12_340, "kwd", "KWD 12.340"],
    [500, "ugx", "UGX 5.00"],
    [100, "isk", "ISK 1.00"],
    [99_999_999, "huf", "HUF 999,999.99"],
  ] as const)
    assert.is(money(amount, currency).replaceAll("\u00a0", " "), text);
});

test("stays in the minor unit where its currency is none", () => {
  assert.is(money(580, "yen\u0007s"), "580 yen\\u0007s");
});

test.run();
