import { interpolate } from '../../src/compose/interpolation';

const VARIABLES = { NAME: 'n', EMPTY: '', NESTED: 'x' };

// As Docker's documentation lists them: https://docs.docker.com/reference/compose-file/interpolation/
test.each([
  ['a${NAME}b', 'anb'],
  ['$NAME-$NAME', 'n-n'],
  ['$$NAME and $${NAME}', '$NAME and ${NAME}'],
  ['${NAME:-default}', 'n'],
  ['${EMPTY:-default}', 'default'],
  ['${EMPTY-default}', ''],
  ['${GONE-default}', 'default'],
  ['${GONE:-}', ''],
  ['${GONE:-${NESTED}-${GONE:-y}}', 'x-y'],
  ['${GONE:-a}b}', 'ab}'],
  ['${NAME:?needed}', 'n'],
  ['${EMPTY?needed}', ''],
  ['${NAME:+other}', 'other'],
  ['${EMPTY:+other}', ''],
  ['${EMPTY+other}', 'other'],
  ['${GONE+other}', ''],
  ['no variable', 'no variable'],
])('%s becomes %s', (text, expected) => {
  const problems: string[] = [];
  expect(interpolate(text, VARIABLES, (problem) => problems.push(problem))).toBe(expected);
  expect(problems).toEqual([]);
});

test.each([
  ['$GONE', "nothing supplies the variable 'GONE'"],
  ['${EMPTY:?who}', "nothing supplies the variable 'EMPTY' (the file says: who)"],
  ['${GONE:-${ALSO}}', "nothing supplies the variable 'ALSO'"],
  ['${toString}', "nothing supplies the variable 'toString'"],
  ['100$', "'100$' has a '$' that begins no variable"],
  ['$1', "'$1' has a '$' that begins no variable"],
  ['${NAME', "'${NAME' has a '$' that begins no variable"],
  ['${a b}', "'${a b}' is no variable"],
  ['${}', "'${}' is no variable"],
])('%s is a problem', (text, problem) => {
  const problems: string[] = [];
  interpolate(text, VARIABLES, (each) => problems.push(each));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
});
