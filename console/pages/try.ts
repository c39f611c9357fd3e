import { setTimeout as delay } from "node:timers/promises";
import { InvalidArgumentError } from "commander";
import type { Context, Hono } from "hono";
import { html } from "hono/html";
import { EmulatorError } from "../../emulator/graph/errors.ts";
import { messageForUser } from "../../ops/command/errors.ts";
import type { ConsoleArgs } from "../console-args.ts";
import { formLimit, formOf } from "../html/form.ts";
import { problemNote, readOnlyNote } from "../html/notes.ts";
import type { SendPage } from "../html/page.ts";
import type { Markup } from "../html/text.ts";
import { addFault, faultsSection, removeFaults } from "../try/faults-section.ts";
import { makeReconciliations } from "../try/reconciliations.ts";
import { reconcileSection } from "../try/reconcile-section.ts";
import { makeSending } from "../try/sample-sending.ts";
import { sendSection } from "../try/send-section.ts";
import { makeSentEvents } from "../try/sent-events.ts";

// Most events are handled by then, and their outcomes are there without the script.
const patienceMilliseconds = 1000;

/** Adds the page on which things are tried, and what its forms do. */
export const addTryPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  const { workbench, canWrite, now, graph } = args;
  const reconciliations = makeReconciliations(args);
  const sent = workbench && makeSentEvents(workbench);
  const show = (c: Context, problem: string | null = null) => {
    const onLaptop = sent
      ? [sendSection(sent), faultsSection(workbench.faults(), graph)]
      : html`<p>Sample events and faults are for the laptop: <code>npm start</code>.</p>`;
    const content = html`${problemNote(problem)} ${onLaptop} ${reconcileSection(reconciliations, canWrite)}`;
    return send(c, { title: "Try it", place: "/try", content });
  };
  const refuse = (c: Context, content: Markup) => {
    c.status(403);
    return send(c, { title: "Not allowed here", place: "/try", content });
  };
  // Does what a form asks for, and shows the part of the page with its result.
  const addForm = (path: string, part: string, submit: (form: Record<string, string>) => Promise<unknown>): void => {
    app.post(path, formLimit, async (c) => {
      if (!canWrite) return refuse(c, readOnlyNote);
      try {
        await submit(await formOf(c));
      } catch (error) {
        const problem = problemOf(error);
        if (problem === null) throw error;
        c.status(400);
        return show(c, problem);
      }
      return c.redirect(`/try#${part}`, 303);
    });
  };

  app.get("/try", (c) => show(c));
  addForm("/try/reconcile", "reconcile", (form) => reconciliations.start(form));
  if (!sent) return;
  addForm("/try/send", "send", async (form) => {
    const handled = sent.send(makeSending(form, now(), Math.random), now());
    await Promise.race([handled, delay(patienceMilliseconds, undefined, { ref: false })]);
  });
  addForm("/try/faults", "faults", (form) => addFault(form, workbench));
  addForm("/try/faults/off", "faults", (form) => removeFaults(form, workbench));
};

const problemOf = (error: unknown): string | null =>
  error instanceof EmulatorError || error instanceof InvalidArgumentError ? error.message : messageForUser(error);
