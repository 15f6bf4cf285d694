/**
 * What Compose puts in place of variables: `$NAME`, `${NAME}`, with defaults (`:-`, `-`), demands (`:?`, `?`) and alternatives (`:+`, `+`), and `$` for `$$`.
 * A variable that is not given and has no default is an error: Compose takes it for an empty text, with a warning.
 *
 * @see https://docs.docker.com/reference/compose-file/interpolation/
 * @param complain is told what is wrong
 */
export function interpolate(text: string, variables: Record<string, string>, complain: (problem: string) => void): string {
  let result = '';
  for (let index = 0; index < text.length;) {
    if (text[index] !== '$') {
      result += text[index];
      index += 1;
      continue;
    }
    if (text[index + 1] === '$') {
      result += '$';
      index += 2;
      continue;
    }
    const name = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(text.slice(index));
    const end = name ? index + name[0].length : text[index + 1] === '{' ? closing(text, index + 2) + 1 : 0;
    if (end === 0) {
      complain(`'${text}' has a '$' that begins no variable: write '$$' for the character itself`);
      return text;
    }
    result += name ? valueOf(name[1], '', '') : braced(text.slice(index + 2, end - 1));
    index = end;
  }
  return result;

  function braced(inside: string): string {
    const parts = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])([^]*))?$/.exec(inside);
    if (parts) return valueOf(parts[1], parts[2] ?? '', parts[3] ?? '');
    complain(`'\${${inside}}' is no variable: write '$$' for the character itself`);
    return '';
  }

  function valueOf(name: string, operator: string, other: string): string {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    const isGiven = value !== undefined && !(operator.startsWith(':') && value === '');
    if (operator.endsWith('+')) return isGiven ? interpolate(other, variables, complain) : '';
    if (isGiven) return value;
    if (operator.endsWith('-')) return interpolate(other, variables, complain);
    const asked = operator.endsWith('?') && other !== '' ? ` (the file says: ${other})` : '';
    complain(`nothing supplies the variable '${name}'${asked}: give it by 'variables', or write a default, \${${name}:-…}`);
    return '';
  }
}

/** The index of the brace that closes what was opened before `from`, or -1. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text.startsWith('${', index)) depth += 1;
    else if (text[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}
