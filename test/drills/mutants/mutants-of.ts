import ts from "typescript";
import { changesOf } from "./operators.ts";

/** A source file with one change in it. */
export interface Mutant {
  /** What it is listed by: the file, the declaration, and the change; the same change twice in a declaration is numbered. */
  name: string;
  file: string;
  line: number;
  /** Where in the file the change begins. */
  offset: number;
  source: string;
  /** Whether it may leave something running when its tests are over. */
  isAlone: boolean;
}

/** Every change of every operator to a source file, one at a time, but for what only a reader sees: types and texts of messages. */
export const mutantsOf = (file: string, text: string): Mutant[] => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const times = new Map<string, number>();
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node, declaration: string): void => {
    if (isForReaders(node)) return;
    const within = declarationOf(node) ?? declaration;
    for (const { start, end, instead } of changesOf(node, source)) {
      const change = `${short(text.slice(start, end))} -> ${short(instead)}`;
      const base = `${file} ${within}: ${change}`;
      const count = (times.get(base) ?? 0) + 1;
      times.set(base, count);
      mutants.push({
        name: count > 1 ? `${base} (${count})` : base,
        file,
        offset: start,
        line: source.getLineAndCharacterOfPosition(start).line + 1,
        isAlone: ts.isAwaitExpression(node),
        source: text.slice(0, start) + instead + text.slice(end),
      });
    }
    node.forEachChild((child) => visit(child, within));
  };
  visit(source, "");
  return mutants;
};

const isForReaders = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isImportDeclaration(node) ||
  (ts.isNewExpression(node) && isErrorClass(node.expression.getText()));

const isErrorClass = (name: string): boolean =>
  name.endsWith("Error") || ["InvalidEvent", "Refused", "CustomerNotFound"].includes(name);

const declarationOf = (node: ts.Node): string | undefined =>
  ts.isVariableDeclaration(node) && node.parent.parent.parent.kind === ts.SyntaxKind.SourceFile
    ? node.name.getText()
    : undefined;

// On one line, and no longer than a reader needs to find it.
const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= 90 ? line || "nothing" : `${line.slice(0, 60)} … ${line.slice(-25)}`;
};
