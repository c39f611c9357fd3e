/** Stands in for the SDK's own function of that name: DynamoDB's endpoint is that of the region, and never looked for. */
export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config;

/** What the SDK would read to know whether to look for it. */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {};
