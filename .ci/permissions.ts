import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadGraph } from "../local/graph.ts";
import { permissionsPage } from "../local/permissions-page.ts";
import { stackConfig } from "../local/stack-config.ts";

// Writes the page of what may do what; a test sees to it that it is the graph's.

const page = permissionsPage(await loadGraph(stackConfig("prod")));
writeFileSync(join(import.meta.dirname, "../docs/permissions.md"), page);
