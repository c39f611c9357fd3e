type Inputs = Record<string, unknown>;

/** The outputs that AWS adds to the inputs of a resource, for each type that the emulator knows; any other type stops it. */
export const mockedOutputs = (region: string, account: string): Record<string, (inputs: Inputs) => Inputs> => {
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
  return {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": ({ alarmName }) => ({
      arn: arn("cloudwatch", `alarm:${alarmName}`),
    }),
    "aws:cloudwatch/dashboard:Dashboard": () => ({}),
    "aws:cloudwatch/eventArchive:EventArchive": ({ name }) => ({ arn: arn("events", `archive/${name}`) }),
    "aws:cloudwatch/eventBus:EventBus": ({ name }) => ({ arn: arn("events", `event-bus/${name}`) }),
    "aws:cloudwatch/eventRule:EventRule": ({ name, eventBusName }) => ({
      id: `${eventBusName}/${name}`,
      arn: arn("events", `rule/${eventBusName}/${name}`),
    }),
    "aws:cloudwatch/eventTarget:EventTarget": () => ({}),
    "aws:cloudwatch/logDelivery:LogDelivery": () => ({}),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": ({ name }) => ({
      arn: arn("logs", `delivery-destination:${name}`),
    }),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": ({ name }) => ({
      arn: arn("logs", `delivery-source:${name}`),
    }),
    "aws:cloudwatch/logGroup:LogGroup": ({ name }) => ({ arn: arn("logs", `log-group:${name}`) }),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": () => ({}),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ({ name }) => ({ arn: arn("cloudwatch", `alarm:${name}`) }),
    "aws:dynamodb/table:Table": ({ name }) => ({ arn: arn("dynamodb", `table/${name}`) }),
    "aws:iam/policy:Policy": ({ name }) => ({ arn: `arn:aws:iam::${account}:policy/${name}` }),
    "aws:iam/role:Role": ({ name }) => ({ arn: `arn:aws:iam::${account}:role/${name}` }),
    "aws:iam/rolePolicy:RolePolicy": () => ({}),
    "aws:kms/key:Key": () => ({ arn: arn("kms", "key/00000000-0000-4000-8000-000000000000") }),
    "aws:lambda/function:Function": ({ name }) => ({ arn: arn("lambda", `function:${name}`) }),
    "aws:scheduler/schedule:Schedule": ({ name, groupName = "default" }) => ({
      groupName,
      arn: arn("scheduler", `schedule/${groupName}/${name}`),
    }),
    "aws:sfn/stateMachine:StateMachine": ({ name }) => ({ arn: arn("states", `stateMachine:${name}`) }),
    "aws:sns/topic:Topic": ({ name }) => ({ arn: arn("sns", `${name}`) }),
    "aws:sns/topicPolicy:TopicPolicy": () => ({}),
    "aws:sns/topicSubscription:TopicSubscription": () => ({}),
    "aws:sqs/queue:Queue": ({ name }) => ({
      arn: arn("sqs", `${name}`),
      url: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
    }),
    "aws:sqs/queuePolicy:QueuePolicy": () => ({}),
    "aws:ssm/parameter:Parameter": ({ name }) => ({ arn: arn("ssm", `parameter/${`${name}`.replace(/^\//, "")}`) }),
  };
};
