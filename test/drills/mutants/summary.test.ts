import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mutantsOf } from "./mutants-of.ts";
import { summaryOf } from "./summary.ts";

const test = suite("a mutation run of the Lambdas");

const mutants = Array.from({ length: 40 }, (_, index) => ({
  name: `lambdas/a.ts f: ${index} -> nothing`,
  file: "lambdas/a.ts",
  line: index,
}));
const survivors = mutants.slice(0, 2);
const listed = Object.fromEntries(survivors.map(({ name }) => [name, "It changes nothing"]));

test("is in order at 95 % where each survivor is listed, and only those", () => {
  assert.equal(summaryOf({ mutants, survivors, listed }), {
    problems: [],
    lastLine: "38 of 40 mutants killed: 95.0 %",
  });
});

test("is not in order below 95 %, even if all survivors are listed", () => {
  const [third] = mutants.slice(2);
  assert.ok(third);
  const { problems, lastLine } = summaryOf({
    mutants,
    survivors: [...survivors, third],
    listed: { ...listed, [third.name]: "It changes nothing" },
  });
  assert.equal(problems, ["Fewer than 95 % of the mutants were killed"]);
  assert.is(lastLine, "37 of 40 mutants killed: 92.5 %");
});

test("names a survivor that is not listed, and one that is listed and was killed, of the files that it mutated", () => {
  const [first, second] = survivors;
  assert.ok(first && second);
  const others = { [first.name]: "why", "lambdas/a.ts f: gone -> nothing": "why", "lambdas/b.ts g: x -> y": "why" };
  const { problems } = summaryOf({ mutants, survivors, listed: others });
  assert.is(problems.length, 2);
  assert.match(problems[0] ?? "", second.name);
  assert.match(problems[1] ?? "", "lambdas/a.ts f: gone");
});

test("changes each comparison, condition, number, filter, sort, await, field and return, and no text of an error", () => {
  const source = `export const f = async (list: number[]): Promise<object> => {
  if (list.length > 1 && list[0] === 2) throw new InvalidEvent(\`\${list.length > 1}\`);
  const some = list.filter(isOdd).toSorted(byNumber);
  return { some, other: await g(some ?? []) };
};`;
  const changes = mutantsOf("a.ts", source).map(({ name }) => name.replace("a.ts f: ", ""));
  for (const change of [
    "> -> >=",
    "> -> <",
    "=== -> !==",
    "2 -> 3",
    "2 -> 1",
    "list.length > 1 && list[0] === 2 -> true",
    "list.length > 1 && list[0] === 2 -> false",
    "list.length > 1 && list[0] === 2 -> ((list.length > 1) || (list[0] === 2))",
    "list.filter(isOdd) -> list",
    "list.filter(isOdd).toSorted(byNumber) -> list.filter(isOdd)",
    "await g(some ?? []) -> g(some ?? [])",
    "some ?? [] -> ((some) && ([]))",
    "some, -> nothing",
    "other: await g(some ?? []) -> nothing",
    "{ some, other: await g(some ?? []) } -> undefined",
  ]) {
    assert.ok(changes.includes(change), `${change} is not among\n${changes.join("\n")}`);
  }
  assert.not(changes.includes("> -> >= (2)"));
});

test.run();
