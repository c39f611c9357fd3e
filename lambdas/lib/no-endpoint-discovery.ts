/** Stands in for the SDK's own: DynamoDB's endpoint is that of the region, and never looked for. */
export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config;

export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {};
