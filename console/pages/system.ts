import type { Hono } from "hono";
import { html } from "hono/html";
import type { ConsoleArgs } from "../console-args.ts";
import { problemNote } from "../html/notes.ts";
import type { SendPage } from "../html/page.ts";
import { shown } from "../html/text.ts";
import { alarmsSection } from "../system/alarms.ts";
import { drawWorkflows } from "../system/definition.ts";
import { refreshSeconds, stateReader } from "../system/figures.ts";
import { drawOverview, groupsOf } from "../system/overview.ts";
import { partSection, resourcesSection } from "../system/part-section.ts";
import { systemOf } from "../system/parts.ts";

/** Adds the pages of the system: all of it, the workflows of a definition, and the parts of a name. */
export const addSystemPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  const { graph } = args;
  const system = systemOf(graph);
  const readState = stateReader(args);
  const seconds = refreshSeconds(args);

  app.get("/system", async (c) => {
    const state = await readState();
    const content = html`
      <p class="hint">Counts are of the last hour; on an arrow, how many events its rules matched.</p>
      <div id="system" data-refresh="${seconds}">
        ${problemNote(state.problem)} ${drawOverview(system, state)}
        ${state.problem === null ? alarmsSection(state.alarms) : ""}
      </div>
    `;
    return send(c, { title: "System", place: "/system", content });
  });

  app.get("/system/definitions/:name", async (c, next) => {
    const group = groupsOf(system).find(({ name }) => name === c.req.param("name"));
    if (!group) return next();
    const state = await readState();
    const content = html`
      <p><a href="/system">The whole system</a></p>
      <div id="workflows" data-refresh="${seconds}">
        ${problemNote(state.problem)} ${drawWorkflows(group, system, state)}
      </div>
    `;
    return send(c, { title: group.name, place: "/system", content });
  });

  app.get("/system/:name", async (c, next) => {
    const name = c.req.param("name");
    const parts = system.parts.filter((part) => part.name === name);
    if (parts.length === 0) return next();
    const state = await readState();
    const content = html`
      <p><a href="/system">The whole system</a></p>
      ${problemNote(state.problem)} ${parts.map((part) => partSection(part, system, graph, state))}
      ${resourcesSection(name, graph)}
    `;
    return send(c, { title: shown(name), place: "/system", content });
  });
};
