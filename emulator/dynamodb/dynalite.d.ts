declare module "dynalite" {
  import type { Server } from "node:http";

  /** An HTTP server that answers as DynamoDB does. */
  export default function dynalite(options: { path?: string; createTableMs?: number; deleteTableMs?: number }): Server;
}
