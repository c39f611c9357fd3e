import { InvalidArgumentError } from "commander";
import type { Context, Hono } from "hono";
import { html } from "hono/html";
import { EmulatorError } from "../../emulator/graph/errors.ts";
import { messageForUser } from "../../ops/command/errors.ts";
import type { ConsoleArgs } from "../console-args.ts";
import type { SendPage } from "../html/page.ts";
import { problemNote, readOnlyNote } from "../html/parts.ts";
import { formLimit, formOf } from "../http/request.ts";
import { addFault, faultsSection, removeFaults } from "../try/faults-section.ts";
import { makeReconcilePart } from "../try/reconcile-section.ts";
import { makeSendPart } from "../try/send-section.ts";

/** Adds the page on which things are tried, and what its forms do. */
export const addTryPages = (app: Hono, args: ConsoleArgs, send: SendPage): void => {
  const { workbench, canWrite, now, graph } = args;
  const reconcilePart = makeReconcilePart(args);
  const sendPart = workbench && makeSendPart(workbench, now);
  const show = (c: Context, problem: string | null = null) => {
    const onLaptop = sendPart
      ? [sendPart.show(), faultsSection(workbench.faults(), graph)]
      : html`<p>Sample events and faults are for the laptop: <code>npm start</code>.</p>`;
    return send(c, "Try it", [problemNote(problem), onLaptop, reconcilePart.show()], problem === null ? 200 : 400);
  };
  // Does what a form asks for, and shows the part of the page with its result.
  const addForm = (path: string, part: string, submit: (form: Record<string, string>) => Promise<void>): void => {
    app.post(path, formLimit, async (c) => {
      if (!canWrite) return send(c, "Not allowed here", readOnlyNote, 403);
      try {
        await submit(await formOf(c));
      } catch (error) {
        const problem = refusalOf(error);
        if (problem === null) throw error;
        return show(c, problem);
      }
      return c.redirect(`/try#${part}`, 303);
    });
  };

  app.get("/try", (c) => show(c));
  addForm("/try/reconcile", "reconcile", (form) => reconcilePart.start(form));
  if (!sendPart) return;
  addForm("/try/send", "send", (form) => sendPart.send(form));
  addForm("/try/faults", "faults", (form) => addFault(form, workbench));
  addForm("/try/faults/off", "faults", (form) => removeFaults(form, workbench));
};

const refusalOf = (error: unknown): string | null =>
  error instanceof EmulatorError || error instanceof InvalidArgumentError ? error.message : messageForUser(error);
