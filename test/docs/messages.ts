// The texts of a program as a reader of its source finds them, to hold the table of errors to.
import { readFile } from "node:fs/promises";
import ts from "typescript";

/** Stands in a text for what the program puts there when it runs. */
export const GAP = "…";

export interface Message {
  readonly file: string;
  readonly text: string;
}

/** How many names and calls, one inside the other, are followed to the text that they stand for. */
const DEPTH = 2;

/** Every message that the file makes an error of, with the texts that it is put together from. */
export async function errorMessages(file: string): Promise<Message[]> {
  const source = parse(file, await readFile(file, "utf8"));
  return messagesOf(source, isErrorText);
}

/** Every text in the file, error or not. */
export async function allTexts(file: string): Promise<Message[]> {
  const text = await readFile(file, "utf8");
  if (file.endsWith(".go")) return [{ file, text: withoutVerbs(text) }];
  if (!file.endsWith(".ts")) return [{ file, text: withoutVariables(text) }];
  return messagesOf(parse(file, text), isText);
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function messagesOf(source: ts.SourceFile, isWanted: (node: ts.Expression) => boolean): Message[] {
  const texts = descendants(source)
    .filter((node) => ts.isExpression(node) && isWanted(node))
    .flatMap((node) => textsOf(node as ts.Expression, source, DEPTH));
  return [...new Set(texts)].map((text) => ({ file: source.fileName, text }));
}

function descendants(node: ts.Node): ts.Node[] {
  return [node, ...node.getChildren().flatMap(descendants)];
}

function ancestorOf<T extends ts.Node>(node: ts.Node, is: (node: ts.Node) => node is T) {
  let at: ts.Node | undefined = node.parent;
  while (at && !is(at)) at = at.parent;
  return at as T | undefined;
}

/** The message that an error is made with, or a fault that such a message lists. */
function isErrorText(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isNewExpression(parent)) {
    return parent.arguments?.[0] === node && isErrorName(parent.expression.getText());
  }
  if (ts.isArrowFunction(parent)) {
    const variable = ancestorOf(parent, ts.isVariableDeclaration);
    return parent.body === node && /^fault/.test(variable?.name.getText() ?? "");
  }
  if (!ts.isCallExpression(parent)) return false;
  const callee = parent.expression;
  if (callee.kind === ts.SyntaxKind.SuperKeyword) {
    const base = ancestorOf(node, ts.isClassDeclaration)?.heritageClauses?.[0]?.types[0];
    return parent.arguments[0] === node && isErrorName(base?.getText() ?? "");
  }
  if (!ts.isPropertyAccessExpression(callee)) return false;
  if (callee.getText() === "faults.push") return true;
  return ["regex", "refine"].includes(callee.name.text) && parent.arguments[1] === node;
}

function isErrorName(name: string): boolean {
  return /(Error|Failure)$/.test(name);
}

function isSum(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

function isText(node: ts.Expression): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || isSum(node);
}

/** What the expression can be, as far as this file tells; what it does not tell is a gap. */
function textsOf(node: ts.Expression, source: ts.SourceFile, depth: number): string[] {
  const part = (next: ts.Expression | undefined) => (next ? textsOf(next, source, depth) : [GAP]);
  const follow = (next: ts.Expression | undefined) =>
    next && depth > 0 ? textsOf(next, source, depth - 1) : [GAP];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return joined([
      [node.head.text],
      ...node.templateSpans.flatMap((span) => [part(span.expression), [span.literal.text]]),
    ]);
  }
  if (isSum(node)) return joined([part(node.left), part(node.right)]);
  if (ts.isParenthesizedExpression(node)) return part(node.expression);
  if (ts.isConditionalExpression(node)) return [...part(node.whenTrue), ...part(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return [...part(node.left), ...part(node.right)];
  if (ts.isArrayLiteralExpression(node)) return part(node.elements[0]);
  if (ts.isIdentifier(node)) return follow(initializerOf(node.text, source));
  if (!ts.isCallExpression(node)) return [GAP];
  if (ts.isIdentifier(node.expression)) {
    const results = resultsOf(node.expression.text, source);
    return results.length === 0 ? [GAP] : results.flatMap(follow);
  }
  const isJoin =
    ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === "join";
  return isJoin ? part(node.expression.expression) : [GAP];
}

/** Each text of the first part with each of the second, and so on; gaps side by side are one. */
function joined(parts: readonly string[][]): string[] {
  return parts
    .reduce((heads, tails) => heads.flatMap((head) => tails.map((tail) => head + tail)), [""])
    .map((text) => text.replaceAll(new RegExp(`${GAP}+`, "g"), GAP));
}

function initializerOf(name: string, source: ts.SourceFile): ts.Expression | undefined {
  const found = descendants(source).find(
    (node) => ts.isVariableDeclaration(node) && node.name.getText() === name,
  );
  return (found as ts.VariableDeclaration | undefined)?.initializer;
}

function resultsOf(name: string, source: ts.SourceFile): ts.Expression[] {
  const found = descendants(source).find(
    (node) => ts.isFunctionDeclaration(node) && node.name?.text === name,
  );
  return (found ? descendants(found) : [])
    .filter(ts.isReturnStatement)
    .flatMap(({ expression }) => expression ?? []);
}

/** A Go file whose texts are whole, with a gap for each value that is put into one. */
function withoutVerbs(text: string): string {
  return text.replaceAll(/" \+\s*"/g, "").replaceAll(/%[a-z]/g, GAP);
}

/** A shell script or a Nix file on one line, with a gap for each value that it puts into a text. */
function withoutVariables(text: string): string {
  return text
    .replaceAll(/\$\([^()]*(?:\([^()]*\)[^()]*)*\)|\$\{[^{}]*\}|\$[\w?]+/g, GAP)
    .replaceAll(/^\s*require "([^"]+)" "([^"]+)"/gm, "$1 is missing: $2")
    .replaceAll(/\\?\n\s*/g, " ")
    .replaceAll(/['"] ['"]| {2,}/g, " ");
}
