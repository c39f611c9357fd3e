import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages, { type LogRequest, type SetRootResourceRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import resourceServices from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceMessages, {
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  type ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import empties from "google-protobuf/google/protobuf/empty_pb.js";
import structs, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";

/** A resource as the program registers it with the engine. */
export interface Registration {
  urn: string;
  type: string;
  name: string;
  isCustom: boolean;
  /** As Pulumi's SDK reads them: secrets are marked, and what is not known yet is its `unknown`. */
  inputs: Record<string, unknown>;
  protect: boolean;
  retainOnDelete: boolean;
  deleteBeforeReplace: boolean;
  ignoreChanges: string[];
  /** The URNs of the resources that it waits for. */
  dependencies: string[];
}

/** What AWS and its provider would answer. */
export interface Answers {
  /** The outputs that a resource has besides its inputs; a preview does not know them. */
  outputsOf: (type: string, inputs: Record<string, unknown>) => Record<string, unknown> | undefined;
  /** The result of a function of the provider. */
  invoke: (token: string) => Record<string, unknown> | undefined;
}

/** The engine and the resource monitor of Pulumi's CLI, as far as a program can tell. */
export interface Engine {
  address: string;
  registrations: Registration[];
  /** What the program exports, once it has ended. */
  exported: Record<string, unknown>;
  /** What the program logged as a warning or an error. */
  complaints: string[];
  /** Whether the program waited for all of it to be done, as the engine requires. */
  isComplete: boolean;
  stop(): void;
}

type JavaScriptObject = Parameters<typeof structs.Struct.fromJavaScript>[0];

const structOf = (value: Record<string, unknown>): Struct =>
  // Only plain values are given here.
  structs.Struct.fromJavaScript(value as JavaScriptObject);

const read = (struct: Struct | undefined): Record<string, unknown> =>
  struct ? pulumi.runtime.deserializeProperties(struct, true) : {};

const stackType = "pulumi:pulumi:Stack";

/** Starts an engine for one run of a stack's program. */
export const startEngine = async (project: string, stack: string, answers: Answers): Promise<Engine> => {
  const server = new Server();
  const engine: Omit<Engine, "address" | "stop"> = {
    registrations: [],
    exported: {},
    complaints: [],
    isComplete: false,
  };
  server.addService(resourceServices.ResourceMonitorService, monitorOf(engine, project, stack, answers));
  server.addService(engineServices.EngineService, engineOf(engine));
  const port = await new Promise<number>((done, fail) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? fail(error) : done(bound),
    );
  });
  return Object.assign(engine, { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() });
};

const monitorOf = (
  engine: Omit<Engine, "address" | "stop">,
  project: string,
  stack: string,
  { outputsOf, invoke }: Answers,
) => ({
  // All that there are, as the CLI of the same version has them.
  getDeploymentInfo: answer(() => {
    const info = new resourceMessages.DeploymentInfo();
    const features = Object.values(resourceMessages.ResourceMonitorFeature);
    info.setSupportedfeaturesList(features.filter((feature) => typeof feature === "number"));
    return info;
  }),
  registerResource: answer((request: RegisterResourceRequest) => {
    const registration = registrationOf(request, project, stack);
    engine.registrations.push(registration);
    const object = request.getObject() ?? structOf({});
    const inputs: Record<string, unknown> = object.toJavaScript();
    const added = registration.isCustom ? outputsOf(registration.type, inputs) : undefined;
    for (const [key, value] of structOf(added ?? {})
      .getFieldsMap()
      .entries())
      object.getFieldsMap().set(key, value);
    const response = new resourceMessages.RegisterResourceResponse();
    response.setUrn(registration.urn);
    const ids = [added?.["id"], inputs["name"], registration.name];
    if (added) response.setId(ids.find((id) => typeof id === "string") ?? "");
    response.setObject(object);
    return response;
  }),
  registerResourceOutputs: answer((request: RegisterResourceOutputsRequest) => {
    if (request.getUrn().includes(`::${stackType}::`)) engine.exported = read(request.getOutputs());
    return new empties.Empty();
  }),
  invoke: answer((request: ResourceInvokeRequest) => {
    const result = invoke(request.getTok());
    if (!result) throw new Error(`The engine of this test does not know the function ${request.getTok()}`);
    const response = new resourceMessages.ResourceInvokeResponse();
    response.setReturn(structOf(result));
    return response;
  }),
  signalAndWaitForShutdown: answer(() => {
    engine.isComplete = true;
    return new empties.Empty();
  }),
});

const engineOf = (engine: Omit<Engine, "address" | "stop">) => {
  let root = "";
  return {
    log: answer((request: LogRequest) => {
      if (request.getSeverity() >= engineMessages.LogSeverity.WARNING) engine.complaints.push(request.getMessage());
      return new empties.Empty();
    }),
    setRootResource: answer((request: SetRootResourceRequest) => {
      root = request.getUrn();
      return new engineMessages.SetRootResourceResponse();
    }),
    getRootResource: answer(() => {
      const response = new engineMessages.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
  };
};

const answer =
  <Request, Response>(respond: (request: Request) => Response): handleUnaryCall<Request, Response> =>
  ({ request }, callback) => {
    try {
      callback(null, respond(request));
    } catch (error) {
      callback({ code: status.UNIMPLEMENTED, details: `${error}` });
    }
  };

const registrationOf = (request: RegisterResourceRequest, project: string, stack: string): Registration => {
  const [type, name] = [request.getType(), request.getName()];
  const parentType = request.getParent().split("::").at(2) ?? "";
  const path = parentType === "" || parentType === stackType ? type : `${parentType}$${type}`;
  return {
    urn: `urn:pulumi:${stack}::${project}::${path}::${name}`,
    type,
    name,
    isCustom: request.getCustom(),
    inputs: read(request.getObject()),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    ignoreChanges: request.getIgnorechangesList(),
    dependencies: request.getDependenciesList(),
  };
};
