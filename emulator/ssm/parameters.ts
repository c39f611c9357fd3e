import { enums, optional, string, type } from "superstruct";
import { EmulatorError } from "../graph/errors.ts";
import { type Graph, ofType } from "../graph/graph.ts";
import { validateInputs } from "../graph/validate-inputs.ts";

/** A parameter of the graph, with its value. */
export interface Parameter {
  name: string;
  arn: string;
  type: "String" | "SecureString";
  value: string;
}

const ParameterInputs = type({
  name: string(),
  type: enums(["String", "SecureString"]),
  value: optional(string()),
  valueWo: optional(string()),
  keyId: optional(string()),
});

/** The parameters of a graph; `values`, by logical or physical name, take the place of those that the program gives them. */
export const parametersOf = (graph: Graph, values: Record<string, string> = {}): Parameter[] => {
  const parameters = ofType(graph, "aws:ssm/parameter:Parameter").map(({ name: logicalName, inputs, outputs }) => {
    const { name, keyId, ...parameter } = validateInputs(inputs, ParameterInputs, `parameter ${logicalName}`);
    if (keyId !== undefined)
      throw new EmulatorError(
        `Parameter ${logicalName}: the emulator knows the AWS-managed key only, and not ${keyId}`,
      );
    const value = values[logicalName] ?? values[name] ?? parameter.value ?? parameter.valueWo ?? "";
    return { logicalName, name, arn: `${outputs["arn"]}`, type: parameter.type, value };
  });
  const known = parameters.flatMap(({ logicalName, name }) => [logicalName, name]);
  const unknown = Object.keys(values).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new EmulatorError(`There is no parameter ${unknown}; there are ${known.join(", ") || "none"}`);
  return parameters;
};
