import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readJson } from "../../../emulator/graph/json.ts";
import { person, personalIn } from "../../helpers/planted.ts";
import { thrown } from "../../helpers/rejects.ts";

const test = suite("reading JSON");

test("makes values of it", () => {
  assert.equal(readJson('{"a":[1,null]}'), { a: [1, null] });
});

test("quotes nothing of what is none", () => {
  const { name } = person;
  for (const text of [`${name}`, `{"name": ${name}}`, `{"name": "${name}`, `["${name}" "x"]`, `{"a": 1}${name}`]) {
    const { message } = thrown(() => readJson(text));
    assert.match(message, "JSON");
    assert.equal(personalIn(message), []);
    assert.not.match(message, "Plan");
  }
});

test.run();
