import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyLedger } from "../../../lambdas/ledger/event-ledger.ts";
import { randomFrom } from "../../../samples/random.ts";
import type { Json } from "../../../samples/stripe-objects.ts";
import { type HistoryArgs, makeSubscriptionHistory } from "../../../samples/subscription-history.ts";
import { playLife } from "../../helpers/play-life.ts";
import { complaintsAbout, type EndedLife, type Figures, figuresOf } from "./figures.ts";
import { closeGap, pagesOf } from "./healing.ts";

const test = suite("the figures of convergence");

const endOf = (gaps: HistoryArgs["gaps"], arriving: (events: Json[]) => Json[]): EndedLife => {
  const history = makeSubscriptionHistory({ name: "figures", random: randomFrom(8), gaps, late: 0 });
  const events = arriving(history.events);
  const ledger = playLife(events)[history.subscriptionId]?.ledger ?? emptyLedger;
  return { history, events, ledger };
};

const none = { right: 0, certain: 0, certainAndWrong: 0, gaps: 0 };
const good = { ...none, right: 1, certain: 1 };

test("are those of a life that needs no healing, and one call a hundred at night", () => {
  const life = endOf("apart", (events) => [...events, ...events.slice(0, 1)]);
  const { events } = life;
  const ends = { arrived: good, healed: good, reconciled: good };
  assert.equal(figuresOf([life]), { lives: 1, events: events.length, ...ends, reads: 0, pages: 1 });
  assert.equal([100, 101].map(pagesOf), [1, 2]);
});

test("are those of a life that one call heals, as the event of its activation is lost", () => {
  const { arrived, healed, reconciled, reads } = figuresOf([endOf("apart", (events) => events.toSpliced(1, 1))]);
  assert.equal({ arrived, reads }, { arrived: { ...none, right: 1, gaps: 1 }, reads: 1 });
  assert.equal({ healed, reconciled }, { healed: good, reconciled: good });
});

test("are those of a life whose loss no gap shows, until the night", () => {
  // Its last event has not come.
  const life = endOf("apart", (events) => events.slice(0, -1));
  const { arrived, healed, reconciled, reads } = figuresOf([life]);
  const wrong = { ...none, certain: 1, certainAndWrong: 1 };
  assert.equal({ arrived, healed, reconciled, reads }, { arrived: wrong, healed: wrong, reconciled: good, reads: 0 });
});

test("ask three times at most where a gap stays", () => {
  const { history, ledger } = endOf("apart", (events) => events.toSpliced(1, 1));
  const later = { ...ledger, newest: 9_999_999_999 };
  assert.equal(closeGap(history, later), { ledger: later, reads: 3 });
});

test("complain of what must not be, and of nothing else", () => {
  const figures: Figures = {
    lives: 10,
    events: 80,
    arrived: { right: 8, certain: 5, certainAndWrong: 0, gaps: 3 },
    healed: { right: 9, certain: 8, certainAndWrong: 0, gaps: 0 },
    reads: 3,
    reconciled: { right: 10, certain: 10, certainAndWrong: 0, gaps: 0 },
    pages: 1,
  };
  assert.equal(complaintsAbout(figures), []);
  const bad: Figures = {
    ...figures,
    arrived: { ...figures.arrived, certainAndWrong: 1 },
    healed: { ...figures.healed, certainAndWrong: 2, gaps: 3 },
    reads: 7,
    reconciled: { right: 5, certain: 4, certainAndWrong: 0, gaps: 7 },
  };
  assert.equal(complaintsAbout(bad), [
    "certain and wrong as they arrived: 1",
    "certain and wrong after healing: 2",
    "with a gap after healing: 3",
    "calls for gaps beyond one a life: 4",
    "wrong after the night: 5",
    "assumed after the night: 6",
    "with a gap after the night: 7",
  ]);
});

test.run();
