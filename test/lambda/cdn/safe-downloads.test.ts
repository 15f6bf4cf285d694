import { readFileSync } from 'fs';
import * as vm from 'node:vm';
import { join } from 'path';
import * as ts from 'typescript';

const SOURCE = readFileSync(join(__dirname, '..', '..', '..', 'lambda', 'cdn', 'safe-downloads.js'), 'utf8');

/** A function of CloudFront sees nothing but the language: no require, no console, no timers. */
const { handler } = vm.runInNewContext(`${SOURCE}; ({ handler: handler })`, {}, { filename: 'safe-downloads.js' });

/** What a visitor gets for an upload that S3 answers with these headers, of which one may come several times. */
function served(headers: Record<string, string | string[]>, statusCode = 200): Record<string, string> {
  const asGiven = (value: string | string[]) => (typeof value === 'string' ? { value } : { value: value[0], multiValue: value.map((one) => ({ value: one })) });
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asGiven(value)]));
  const answer = handler({ version: '1.0', context: { eventType: 'viewer-response' }, response: { statusCode, headers: given } });
  return Object.fromEntries(Object.entries<{ value: string }>(answer.headers).map(([name, { value }]) => [name, value]));
}

test.each([
  'image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'image/heic', 'video/mp4', 'audio/mpeg', 'text/plain', 'text/plain; charset=utf-8',
  'IMAGE/JPEG', ' image/png ', 'video/quicktime', 'audio/ogg; codecs=opus', 'video/mp4;codecs="avc1.42E01E"', 'text/plain;charset=UTF-8; format=flowed',
])('%p is shown by the browser', (type) => {
  expect(served({ 'content-type': type })).not.toHaveProperty('content-disposition');
});

/** What runs nowhere, is no image, and is downloaded. */
const DOWNLOADED = { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment', 'cross-origin-resource-policy': 'same-origin', 'x-content-type-options': 'nosniff' };

test.each([
  'text/html', 'text/html; charset=utf-8', 'TEXT/HTML', 'application/xhtml+xml', 'image/svg+xml', 'image/svg+xml; charset=utf-8', 'text/xml', 'application/xml',
  'application/pdf', 'text/javascript', 'application/octet-stream', 'binary/octet-stream', 'application/x-shockwave-flash', 'multipart/x-mixed-replace',
  'image/svg', 'imag/jpeg', 'image', 'text/plain-html', 'x-image/jpeg', ',image/jpeg', '', 'video/x', 'audio/', 'toString',
  // Of a list, browsers take the last type.
  'image/jpeg;x=y,text/html', 'image/jpeg; x="y",text/html', 'image/jpeg,text/html', 'video/x,text/html', 'video/mp4,text/html', 'audio/,text/html', 'audio/mpeg, text/html',
  'text/plain; charset="utf-8, text/html', 'image/png; x="\\",text/html', 'image/png;,text/html', 'image/png\n,text/html', '\u00a0image/png', 'image/png; x',
  // What runs where a page embeds it.
  'application/javascript', 'text/javascript; charset=utf-8', 'text/ecmascript', 'text/css', 'application/wasm', 'application/json', 'text/vtt', 'application/manifest+json',
  // Letters that are no ASCII, whose lower case is.
  'video/quic\u212atime', 'video/x-matros\u212aa', 'image/\u017fvg',
])('%p is downloaded, as a type that runs nowhere', (type) => {
  expect(served({ 'content-type': type })).toEqual(DOWNLOADED);
});

test('what has several types is downloaded, whichever they are', () => {
  expect(served({ 'content-type': ['image/png', 'text/html'] })).toEqual(DOWNLOADED);
  expect(served({ 'content-type': ['image/png', 'image/png'] })).toEqual(DOWNLOADED);
});

test('an uploader who says twice what to do with a file does not change that', () => {
  expect(served({ 'content-type': 'text/html', 'content-disposition': ['attachment', 'inline'] })['content-disposition']).toBe('attachment');
});

// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4: what a 304 says is written into what the browser has stored.
describe.each([304, 204])('an answer without a body (%i)', (status) => {
  test('leaves a picture as it was', () => {
    expect(served({ etag: '"1"' }, status)).toEqual({ 'etag': '"1"', 'x-content-type-options': 'nosniff' });
  });

  test('makes no page of what was downloaded', () => {
    expect(served({ 'content-type': 'text/html', 'content-disposition': 'inline' }, status)).toEqual({ 'x-content-type-options': 'nosniff' });
  });
});

test('a part of a file is guarded as all of it', () => {
  expect(served({ 'content-type': 'text/javascript' }, 206)).toEqual(DOWNLOADED);
});

test('what has no type is downloaded', () => {
  expect(served({})).toEqual(DOWNLOADED);
});

test.each([
  ['inline; filename="a.html"', 'attachment; filename="a.html"'],
  ['inline', 'attachment'],
  ['form-data; name=x', 'attachment; name=x'],
  ['attachmentx', 'attachment'],
  ['attachment; filename="a.html"', 'attachment; filename="a.html"'],
  ['Attachment', 'Attachment'],
  [' \tattachment\t; filename="a.html"', ' \tattachment\t; filename="a.html"'],
  // White space of JavaScript that is none of HTTP: a browser sees an unknown word, and may show the file.
  ...['\u00a0', '\v', '\f', '\u2003', '\ufeff', '\r', '\n'].flatMap((space) => [[`${space}attachment`, 'attachment'], [`attachment${space}; filename="a.html"`, 'attachment; filename="a.html"']]),
])('an uploader who says %p does not change that', (said, served_) => {
  expect(served({ 'content-type': 'text/html', 'content-disposition': said })['content-disposition']).toBe(served_);
});

test('a picture keeps what its uploader said of its name', () => {
  expect(served({ 'content-type': 'image/png', 'content-disposition': 'inline; filename="a.png"' })['content-disposition']).toBe('inline; filename="a.png"');
});

test('a browser does not guess another type than that of a picture, and pages of other sites may show it', () => {
  expect(served({ 'content-type': 'image/png' })).toEqual({ 'x-content-type-options': 'nosniff', 'content-type': 'image/png' });
});

test('an uploader cannot say where a file may be embedded', () => {
  expect(served({ 'content-type': 'text/css', 'cross-origin-resource-policy': 'cross-origin' })['cross-origin-resource-policy']).toBe('same-origin');
});

describe('in the dialect of cloudfront-js-2.0', () => {
  /** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html: ES 5.1, and what is used here of later ones. */
  const OF_ES5 = new Set([
    'SourceFile', 'FirstStatement', 'FunctionDeclaration', 'Identifier', 'Parameter', 'Block', 'VariableDeclarationList', 'VariableDeclaration',
    'ParenthesizedExpression', 'PropertyAccessExpression', 'ElementAccessExpression', 'StringLiteral', 'NumericLiteral', 'BinaryExpression', 'ObjectLiteralExpression', 'PropertyAssignment',
    'ConditionalExpression', 'IfStatement', 'ReturnStatement', 'CallExpression', 'PrefixUnaryExpression', 'RegularExpressionLiteral', 'ArrayLiteralExpression',
    'ExpressionStatement', 'DeleteExpression', 'TrueKeyword', 'FalseKeyword', 'EndOfFileToken', 'FirstLiteralToken',
  ]);

  const nodesIn = (source: string): ts.Node[] => {
    const nodes: ts.Node[] = [];
    const visit = (node: ts.Node) => {
      nodes.push(node);
      node.forEachChild(visit);
    };
    visit(ts.createSourceFile('function.js', source, ts.ScriptTarget.Latest, true));
    return nodes;
  };
  const isPunctuation = ({ kind }: ts.Node) => kind >= ts.SyntaxKind.FirstPunctuation && kind <= ts.SyntaxKind.LastPunctuation;
  const notOfIt = (source: string): string[] => nodesIn(source).filter((node) => !isPunctuation(node))
    .map((node) => (ts.isOptionalChain(node) ? 'OptionalChain' : ts.SyntaxKind[node.kind])).filter((kind) => !OF_ES5.has(kind));

  test('nothing is newer than it', () => {
    expect(notOfIt(SOURCE)).toEqual([]);
    expect(nodesIn(SOURCE).filter(ts.isVariableDeclarationList).filter((list) => !list.getText().startsWith('var '))).toEqual([]);
  });

  test.each(['class A {}', 'import a from "b";', 'a?.b;', 'var a = { ...b };', 'for (var a of b) {}', 'export var a = 1;'])('what is newer is noticed: %s', (source) => {
    expect(notOfIt(source)).not.toEqual([]);
  });

  test('it needs nothing but methods of ES 5.1', () => {
    const calls = nodesIn(SOURCE).filter(ts.isCallExpression);
    const methods = calls.map(({ expression }) => (ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText()));
    expect([...new Set(methods)].sort()).toEqual(['indexOf', 'isShown', 'onlyValue', 'slice', 'split', 'test', 'toLowerCase', 'trim']);
  });

  test('it is smaller than the 10 KB that CloudFront takes', () => {
    expect(Buffer.byteLength(SOURCE)).toBeLessThan(10_240);
  });
});
