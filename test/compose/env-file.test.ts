import { envSettings } from '../../src/compose/env-file';

function read(text: string, isRaw = false) {
  const problems: string[] = [];
  const settings = envSettings(text, isRaw, (problem) => problems.push(problem));
  return { settings, problems, values: Object.fromEntries(settings.map(({ name, value }) => [name, value])) };
}

// As Docker's documentation lists them: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
test.each<[string, string | undefined]>([
  ['VAR=VAL', 'VAL'],
  ['VAR="VAL"', 'VAL'],
  ["VAR='VAL'", 'VAL'],
  ['VAR: VAL', 'VAL'],
  ['  export VAR = VAL  ', 'VAL'],
  ['VAR=VAL # comment', 'VAL'],
  ['VAR=VAL#not a comment', 'VAL#not a comment'],
  ['VAR="VAL # not a comment"', 'VAL # not a comment'],
  ['VAR="VAL" # comment', 'VAL'],
  ['VAR= # comment', ''],
  ['VAR=', ''],
  ['VAR', undefined],
  ['VAR="some\\tvalue\\n"', 'some\tvalue\n'],
  ["VAR='some\\tvalue'", 'some\\tvalue'],
  ["VAR='Let\\'s go!'", "Let's go!"],
  ['VAR="{\\"hello\\": \\"json\\"}"', '{"hello": "json"}'],
  ["VAR='SOME\nVALUE'", 'SOME\nVALUE'],
  ['VAR=a=b', 'a=b'],
])('%j is %j', (text, value) => {
  const { settings, problems } = read(`# first\n\n${text}\r\nOTHER=1`);
  expect(settings.map(({ name }) => name)).toEqual(['VAR', 'OTHER']);
  expect(settings[0]).toMatchObject({ value, line: 3 });
  expect(problems).toEqual([]);
});

test('only in single quotes does a dollar sign stand for itself', () => {
  expect(read("A='$x'\nB=\"$x\"\nC=$x").settings.map(({ isLiteral }) => isLiteral)).toEqual([true, false, false]);
});

test('a raw file has no quotes, comments at the end of lines, and variables', () => {
  const { values, settings } = read('# first\nA="x" # y\nB=$z=1\nC\n', true);
  expect(values).toEqual({ A: '"x" # y', B: '$z=1', C: undefined });
  expect(settings.every(({ isLiteral }) => isLiteral)).toBe(true);
});

test.each(['A="b', "A='b", 'A="b" c'])('%j has a quote that is not closed', (text) => {
  expect(read(`B=1\n${text}\n`).problems).toEqual(['line 2: a quote is not closed, or something follows it']);
});

test('a line that is no setting is a problem, and the next one is read', () => {
  expect(read('A=1\n=5\nB=2\n')).toMatchObject({ values: { A: '1', B: '2' }, problems: ['line 2 must be a setting, such as NAME=value'] });
  expect(read('A=1\nB C=5\n', true)).toMatchObject({ values: { A: '1' }, problems: ['line 2 must be a setting, such as NAME=value'] });
});
