import { InvalidArgumentError } from "commander";
import { parseJson } from "../../emulator/graph/json.ts";
import { UserError } from "../command/errors.ts";

/** A value to set in an event, and where: `data.object.items.data.0.quantity`. */
export interface SetValue {
  path: string;
  value: unknown;
}

/** Reads `path=value`, once for each of an option's values; what is not JSON is a text. */
export const setOption = (text: string, before: readonly SetValue[] = []): SetValue[] => {
  const [, path, value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (path === undefined)
    throw new InvalidArgumentError(
      "expected path=value, such as data.object.currency=usd or data.object.amount_paid=0",
    );
  const json = parseJson(value);
  return [...before, { path, value: json === undefined ? value : json }];
};

/** An event with these values set; only the last field of a path may be new. */
export const withValues = <T extends object>(event: T, values: readonly SetValue[]): T => {
  const copy = structuredClone(event);
  for (const { path, value } of values) setValue(copy, path, value);
  return copy;
};

const setValue = (event: object, path: string, value: unknown): void => {
  const names = path.split(".");
  let parent: object = event;
  for (const [index, name] of names.slice(0, -1).entries()) {
    const child: unknown = Object.hasOwn(parent, name) ? Reflect.get(parent, name) : undefined;
    if (typeof child !== "object" || child === null) {
      const at = names.slice(0, index);
      const known = Object.keys(parent).map((key) => [...at, key].join("."));
      throw new UserError(`--set ${path}: the event has no object ${[...at, name].join(".")}, but ${known.join(", ")}`);
    }
    parent = child;
  }
  Object.defineProperty(parent, `${names.at(-1)}`, { value, enumerable: true, configurable: true, writable: true });
};
