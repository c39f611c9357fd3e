import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runDrill } from "./run-drill.ts";
import { captured } from "../helpers/captured.ts";

const test = suite("the drill");

test("loses nothing through faults at every hop, mends what never came, and ends in the rows of a run without any, each change of which was published", async () => {
  const drill = () => runDrill({ lives: 4, events: 50, seed: 2, share: 0.1, lost: 0.2, say: () => {} });
  const { result } = await captured(drill);
  const { eventsIn, lost, rowsDifferent, deadLettered, redriven, fromArchive } = result;
  assert.ok(result.neverDelivered > 0 && result.rowsDifferentBefore > 0);
  assert.equal({ eventsIn, lost, rowsDifferent }, { eventsIn: 50, lost: 0, rowsDifferent: 0 });
  assert.ok(deadLettered > 0 && fromArchive > 0);
  assert.is(redriven, deadLettered);
  const { missing, untrue, waiting, published, publishedAgain } = result.publication;
  assert.equal({ missing, untrue, waiting }, { missing: [], untrue: [], waiting: 0 });
  assert.is(result.waitingBefore, 0);
  assert.ok(published > publishedAgain && publishedAgain > 0);
});

test.run();
