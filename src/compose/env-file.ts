/** A setting of an environment file. */
export interface EnvSetting {
  readonly name: string;
  /** Nothing where the file has the name alone. */
  readonly value?: string;
  /** Whether `$` stands for itself. */
  readonly isLiteral: boolean;
  readonly line: number;
}

const SINGLE = /'((?:[^'\\]|\\[^])*)'/.source;
const DOUBLE = /"((?:[^"\\]|\\[^])*)"/.source;
const BLANK = /[^\S\n]*/.source;
const END = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/.source;
const NOTHING = new RegExp(END, 'y');
const SETTING = new RegExp(`${BLANK}(?:export[^\\S\\n]+)?([\\w.-]+)${BLANK}(?:[=:](?:${BLANK}${SINGLE}|${BLANK}${DOUBLE}|([^\\n]*)))?${END}`, 'y');

/**
 * The settings of an environment file, by the rules of Compose: quotes may go over lines, `$` in single ones stands for itself.
 *
 * @see https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
 * @param isRaw whether quotes and `$` have no meaning
 * @param complain is told which line is no setting
 */
export function envSettings(given: string, isRaw: boolean, complain: (problem: string) => void): EnvSetting[] {
  const text = given.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  return isRaw ? rawSettings(text, complain) : quotedSettings(text, complain);
}

function rawSettings(text: string, complain: (problem: string) => void): EnvSetting[] {
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name, value] = /^\s*([^\s=]+)\s*(?:=([^]*))?$/.exec(line) ?? [];
    if (name !== undefined) return [{ name, value, isLiteral: true, line: index + 1 }];
    complain(noSetting(index + 1));
    return [];
  });
}

function quotedSettings(text: string, complain: (problem: string) => void): EnvSetting[] {
  const settings: EnvSetting[] = [];
  for (let index = 0; index < text.length;) {
    const line = text.slice(0, index).split('\n').length;
    const [whole, name, single, double, plain] = matchAt(NOTHING, text, index) ?? matchAt(SETTING, text, index) ?? [];
    if (name !== undefined) {
      const value = single?.replaceAll("\\'", "'") ?? double?.replace(/\\([nrt"\\])/g, (_, escaped: string) => ESCAPES[escaped]) ?? plain?.replace(/(^|\s)#.*$/, '').trim();
      settings.push({ name, value, isLiteral: single !== undefined, line });
    } else if (whole === undefined) {
      complain(noSetting(line));
    }
    if (/^\s*["']/.test(plain ?? '')) complain(`line ${line}: a quote is not closed, or something follows it`);
    index += whole?.length ?? text.slice(index).split('\n', 1)[0].length + 1;
  }
  return settings;
}

const noSetting = (line: number) => `line ${line} must be a setting, such as NAME=value`;

const ESCAPES: Record<string, string> = { 'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\' };

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}
