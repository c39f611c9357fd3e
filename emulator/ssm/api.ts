import { createHash } from "node:crypto";
import { boolean, object, optional, string } from "superstruct";
import type { Graph } from "../graph/graph.ts";
import { awsCall, type AwsCalls, AwsError } from "../protocol/aws-call.ts";
import type { Parameter } from "./parameters.ts";

const GetParameter = object({ Name: string(), WithDecryption: optional(boolean()) });

/** The Parameter Store's calls on these parameters: https://docs.aws.amazon.com/systems-manager/latest/APIReference/. */
export const parameterCalls = (parameters: Parameter[], { region, account }: Graph): AwsCalls => {
  // A policy also decides on a parameter that there is not.
  const arnOf = ({ Name }: { Name: string }): string =>
    Name.startsWith("arn:") ? Name : `arn:aws:ssm:${region}:${account}:parameter/${Name.replace(/^\//, "")}`;
  return {
    "AmazonSSM.GetParameter": awsCall(GetParameter, arnOf, (input) => {
      const parameter = parameters.find(({ arn }) => arn === arnOf(input));
      if (!parameter) throw new AwsError("ParameterNotFound", "");
      const { name, arn, type, value } = parameter;
      const isEncrypted = type === "SecureString" && input.WithDecryption !== true;
      return {
        Parameter: {
          Name: name,
          Type: type,
          Value: isEncrypted ? createHash("sha512").update(value).digest("base64") : value,
          Version: 1,
          ARN: arn,
          DataType: "text",
        },
      };
    }),
  };
};
