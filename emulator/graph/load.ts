import * as pulumi from "@pulumi/pulumi";
import { EmulatorError } from "./errors.ts";
import type { Graph, Resource, StackArgs } from "./graph.ts";
import { mockedOutputs } from "./resource-types.ts";
import { resolveOutputs, unresolvedPaths, valueOf } from "./outputs.ts";

/** A Pulumi program: registers its resources, and returns what it exports. */
export type Program = () => Promise<unknown>;

/**
 * Runs a Pulumi program for a stack, as `pulumi up` would but under mocks, and returns what it registers.
 *
 * @throws what the program throws, and an `EmulatorError` for a `RunError` of Pulumi's, which is for the user, or for a resource type
 * or a call that the emulator does not know.
 */
export const loadGraph = (program: Program, args: StackArgs): Promise<Graph> => {
  // One after the other: Pulumi's mocks and configuration are those of the process.
  const graph = loaded.then(() => load(program, args));
  loaded = graph.catch(() => {});
  return graph;
};

let loaded: Promise<unknown> = Promise.resolve();

const load = async (program: Program, { project, stack, config }: StackArgs): Promise<Graph> => {
  const region = config["aws:region"] ?? "us-east-1";
  // In another account Pulumi would do nothing.
  const [account = "123456789012"] = /\d{12}/.exec(config["aws:allowedAccountIds"] ?? "") ?? [];
  const mocked = mockedOutputs(region, account);
  const registered: Registered[] = [];
  const options = new Map<string, pulumi.CustomResourceOptions>();
  const problems: string[] = [];

  pulumi.runtime.setAllConfig(config);
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom, provider }) => {
        if (custom === false) return { id: name, state: inputs };
        // Any other than the stack's own would not keep to its allowedAccountIds.
        if (provider) problems.push(`${name}: the emulator does not know the provider ${provider}`);
        // A mock that throws would end the process much later, and say nothing of where.
        if (!mocked[type]) problems.push(`${name}: the emulator does not know the resource type ${type}`);
        const added = mocked[type]?.(inputs) ?? {};
        registered.push({ type, name, inputs, outputs: { ...inputs, ...added } });
        return { id: `${added["id"] ?? inputs.name ?? name}`, state: { ...inputs, ...added } };
      },
      call: ({ token }) => {
        if (token === "aws:index/getCallerIdentity:getCallerIdentity") return { accountId: account };
        if (token === "aws:index/getRegion:getRegion") return { region };
        if (token === "aws:index/getPartition:getPartition") return { partition: "aws" };
        problems.push(`The emulator does not know the call ${token}`);
        return {};
      },
    },
    project,
    stack,
    false,
  );
  let failure: unknown;
  const exported = await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
      options.set(`${type} ${name}`, opts);
      return { props, opts };
    });
    // Pulumi would reject a promise of its own too, which nothing can catch.
    return program().catch((error: unknown) => {
      failure = error;
    });
  });
  // It resolves before the resources are registered; this waits for them.
  await pulumi.runtime.disconnect();
  if (pulumi.RunError.isInstance(failure)) throw new EmulatorError(failure.message, { cause: failure });
  if (failure !== undefined) throw failure;

  const resources = await Promise.all(
    registered.map((resource) => complete(resource, options.get(`${resource.type} ${resource.name}`))),
  );
  problems.push(...resources.flatMap(({ name, inputs }) => unresolvedPaths(inputs, name).map(incomplete)));
  if (problems.length > 0) throw new EmulatorError(`Stack ${stack} cannot run here:\n${problems.join("\n")}`);
  return { stack, region, account, resources, outputs: await objectOf(await valueOf(exported)) };
};

type Registered = Pick<Resource, "type" | "name" | "inputs" | "outputs">;

const complete = async (resource: Registered, options: pulumi.CustomResourceOptions = {}): Promise<Resource> => {
  const { protect = false, retainOnDelete = false, deleteBeforeReplace = false, dependsOn = [] } = options;
  const waitsFor = [await valueOf(dependsOn)].flat();
  const names = waitsFor.map(async ({ urn }) => (await valueOf(urn)).split("::").at(-1) ?? "");
  return {
    ...resource,
    inputs: await objectOf(resource.inputs),
    outputs: await objectOf(resource.outputs),
    protect: protect ?? false,
    retainOnDelete: retainOnDelete ?? false,
    deleteBeforeReplace,
    ignoreChanges: options.ignoreChanges ?? [],
    dependsOn: await Promise.all(names),
  };
};

const objectOf = async (value: unknown): Promise<Record<string, unknown>> => ({
  ...Object(await resolveOutputs(value)),
});

const incomplete = (path: string): string => `${path}: an output that has no value here`;
