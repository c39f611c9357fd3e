import ts from "typescript";

/** A part of a source, from one offset to another, and what stands there instead. */
export interface TextChange {
  start: number;
  end: number;
  instead: string;
}

/** What every operator makes of one node of a source. */
export const changesOf = (node: ts.Node, source: ts.SourceFile): TextChange[] => {
  const replace = (part: ts.Node, ...texts: string[]): TextChange[] =>
    texts.map((instead) => ({ start: part.getStart(source), end: part.getEnd(), instead }));
  if (ts.isBinaryExpression(node)) return binaryChanges(node, replace);
  if (isSign(node)) return [];
  if (ts.isNumericLiteral(node)) {
    return replace(node, `${Number(node.text) + 1}`, node.text === "0" ? "(-1)" : `${Number(node.text) - 1}`);
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return replace(node, "false");
  if (node.kind === ts.SyntaxKind.FalseKeyword) return replace(node, "true");
  if (ts.isAwaitExpression(node)) return replace(node, node.expression.getText());
  if (ts.isCallExpression(node)) return callChanges(node, replace);
  if (ts.isObjectLiteralExpression(node)) return node.properties.map((field) => withoutField(field, source));
  if (ts.isExpressionStatement(node)) return replace(node, ";");
  if (ts.isReturnStatement(node) && node.expression) return replace(node.expression, "undefined");
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return replace(node.body, "undefined");
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return replace(node.expression, "true", "false");
  if (ts.isConditionalExpression(node)) return replace(node.condition, "true", "false");
  if (ts.isForStatement(node) && node.condition) return replace(node.condition, "false");
  if (isCondition(node)) return expressionChanges(node, source);
  return [];
};

type Replace = (part: ts.Node, ...texts: string[]) => TextChange[];

// Loosened or tightened, and turned.
const comparisons = new Map([
  ["<", ["<=", ">"]],
  ["<=", ["<", ">="]],
  [">", [">=", "<"]],
  [">=", [">", "<="]],
  ["===", ["!=="]],
  ["!==", ["==="]],
]);

const exchanged = new Map([
  ["&&", "||"],
  ["||", "&&"],
  ["-", "+"],
  ["*", "/"],
  ["/", "*"],
]);

// `a < b ? -1 : 1` compares keys that differ, and of its numbers only the sign counts.
const isComparator = ({ whenTrue, whenFalse }: ts.ConditionalExpression): boolean =>
  [`${whenTrue.getText()} ${whenFalse.getText()}`].some((signs) => signs === "-1 1" || signs === "1 -1");

const isSign = (node: ts.Node): boolean => {
  if (!ts.isNumericLiteral(node)) return false;
  const parent = ts.isPrefixUnaryExpression(node.parent) ? node.parent.parent : node.parent;
  return ts.isConditionalExpression(parent) && isComparator(parent);
};

const binaryChanges = (node: ts.BinaryExpression, replace: Replace): TextChange[] => {
  const [left, operator, right] = [node.left.getText(), node.operatorToken.getText(), node.right.getText()];
  const isOfSort = ts.isConditionalExpression(node.parent) && isComparator(node.parent);
  const others = comparisons.get(operator) ?? [];
  const turned = replace(node.operatorToken, ...(isOfSort ? others.slice(1) : others));
  const isText = [node.left, node.right].some(
    (side) => ts.isStringLiteralLike(side) || ts.isTemplateLiteral(side) || ts.isCallExpression(side),
  );
  const other = operator === "+" && !isText ? "-" : exchanged.get(operator);
  // In parentheses, as `??` does not mix with the others.
  if (operator === "??") return replace(node, `((${left}) && (${right}))`);
  if (operator === "&&" || operator === "||") {
    return [
      ...replace(node, `((${left}) ${other} (${right}))`),
      ...replace(node, `(${left})`),
      ...replace(node, `(${right})`),
    ];
  }
  return [...turned, ...(other === undefined ? [] : replace(node.operatorToken, other))];
};

const dropped = ["filter", "toSorted", "sort", "toReversed", "slice"];
const renamed = new Map([
  ["some", "every"],
  ["every", "some"],
  ["min", "max"],
  ["max", "min"],
]);

const callChanges = (node: ts.CallExpression, replace: Replace): TextChange[] => {
  if (!ts.isPropertyAccessExpression(node.expression)) return [];
  const { name, expression } = node.expression;
  if (dropped.includes(name.text)) return replace(node, expression.getText());
  const other = renamed.get(name.text);
  return other === undefined ? [] : replace(name, other);
};

// With the comma after it.
const withoutField = (field: ts.ObjectLiteralElementLike, source: ts.SourceFile): TextChange => {
  const comma = /^\s*,/.exec(source.text.slice(field.getEnd()))?.[0].length ?? 0;
  return { start: field.getStart(source), end: field.getEnd() + comma, instead: "" };
};

const conditionParts: [part: RegExp, instead: string[]][] = [
  [/ < /g, [" <= ", " > "]],
  [/ <= /g, [" < ", " >= "]],
  [/ > /g, [" >= ", " < "]],
  [/ AND /g, [" OR "]],
  [/ OR /g, [" AND "]],
  [/attribute_not_exists/g, ["attribute_exists"]],
  [/if_not_exists\((\w+, )?(:\w+)\)/g, ["$2"]],
];

// The texts that hold an expression of DynamoDB's.
const isCondition = (node: ts.Node): boolean =>
  ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node);

const expressionChanges = (node: ts.Node, source: ts.SourceFile): TextChange[] =>
  conditionParts.flatMap(([part, others]) =>
    [...node.getText(source).matchAll(part)].flatMap((found) =>
      others.map((other) => ({
        start: node.getStart(source) + found.index,
        end: node.getStart(source) + found.index + found[0].length,
        instead: other.replace("$2", found[2] ?? ""),
      })),
    ),
  );
