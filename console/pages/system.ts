import type { Hono } from "hono";
import { html } from "hono/html";
import type { ConsoleArgs } from "../console-args.ts";
import type { SendPage } from "../html/page.ts";
import { problemNote, refreshed } from "../html/parts.ts";
import { alarmsSection } from "../system/alarms.ts";
import { drawOverview, drawWorkflows, groupsOf } from "../system/drawings.ts";
import { refreshSeconds, stateReader } from "../system/figures.ts";
import { partSection } from "../system/part-section.ts";
import { systemOf } from "../system/parts.ts";

const back = html`<p><a href="/system">The whole system</a></p>`;

/** Adds the pages of the system: all of it, the workflows of a definition, and the parts of a name. */
export const addSystemPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  const { graph } = args;
  const system = systemOf(graph);
  const readState = stateReader(args);
  const seconds = refreshSeconds(args);

  app.get("/system", async (c) => {
    const state = await readState();
    const { problem, alarms } = state;
    const hint = html`<p class="hint">Counts are of the last hour; on an arrow, how many events its rules matched.</p>`;
    const parts = [problemNote(problem), drawOverview(system, state), problem === null && alarmsSection(alarms)];
    return send(c, "System", [hint, refreshed("system", seconds, parts)]);
  });

  app.get("/system/definitions/:name", async (c, next) => {
    const group = groupsOf(system).find(({ name }) => name === c.req.param("name"));
    if (!group) return next();
    const state = await readState();
    const parts = [problemNote(state.problem), drawWorkflows(group, system, state)];
    return send(c, group.name, [back, refreshed("workflows", seconds, parts)]);
  });

  app.get("/system/:name", async (c, next) => {
    const name = c.req.param("name");
    const parts = system.parts.filter((part) => part.name === name);
    if (parts.length === 0) return next();
    const state = await readState();
    const sections = parts.map((part) => partSection(part, system, graph, state));
    return send(c, name, [back, problemNote(state.problem), sections]);
  });
};
