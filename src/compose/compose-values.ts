/** The parts of a text by the rules of a shell, as Compose takes a command apart. Nothing where a quote is not closed. */
export function shellWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (const [part, single, double, escaped, space, other] of text.matchAll(/'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|(\s+)|([^])/g)) {
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (part === "'" || part === '"' || part === '\\') {
      return undefined;
    } else {
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? other);
    }
  }
  return word === undefined ? words : [...words, word];
}

const SECONDS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Of `1m30s` and the like. @see https://docs.docker.com/reference/compose-file/extension/#specifying-durations */
export function secondsOf(text: string): number | undefined {
  if (!/^(0|(\d+(\.\d+)?(us|ms|s|m|h))+)$/.test(text)) return undefined;
  return [...text.matchAll(/([\d.]+)(us|ms|s|m|h)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit], 0);
}

/** Of `512m`, `1gb` and the like, or a number of bytes. @see https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values */
export function bytesOf(text: string): number | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([bkmg]?)i?b?$/i.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * 1024 ** 'bkmg'.indexOf(unit.toLowerCase() || 'b');
}

/** Nothing, or what is wrong with the name of a setting. */
export function problemOfSettingName(name: string): string | undefined {
  return /^[^\s=]+$/.test(name) ? undefined : `the name of a setting must have at least one character, no spaces and no '=', got '${name}'`;
}

export interface PortText {
  readonly target: string;
  readonly protocol: string;
}

/** Of `[HOST:]CONTAINER[/PROTOCOL]`, where the host may have an address, also one of IPv6. */
export function portOf(text: string): PortText | undefined {
  const [, target, protocol = 'tcp'] = /^(?:.*:)?(\d+(?:-\d+)?)(?:\/(\w+))?$/.exec(text) ?? [];
  return target === undefined ? undefined : { target, protocol: protocol.toLowerCase() };
}

export interface VolumeText {
  readonly type: 'volume' | 'bind' | 'tmpfs';
  readonly source?: string;
  readonly target: string;
}

/** Of `[SOURCE:]TARGET[:OPTIONS]`. What begins like a path is a file or directory of the machine. */
export function volumeOf(text: string): VolumeText | undefined {
  const [first, second] = text.split(':');
  if (second === undefined || !second.startsWith('/')) return first.startsWith('/') ? { type: 'volume', target: first } : undefined;
  return { type: /^[./~]/.test(first) ? 'bind' : 'volume', source: first, target: second };
}

/** What an error says at its end of a word that is not known: the known one that is most like it, if any is. */
export function suggestion(known: string[], word: string): string {
  const ranked = known.map((each) => ({ each, distance: distanceOf(each, word) })).sort((one, other) => one.distance - other.distance);
  return ranked.length > 0 && ranked[0].distance <= Math.max(2, word.length / 3) ? `: did you mean '${ranked[0].each}'?` : '';
}

/** How many characters have to be added, removed or changed. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let line = 1; line <= one.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= other.length; column += 1) {
      const changed = row[column - 1] + (one[line - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(changed, row[column] + 1, next[column - 1] + 1));
    }
    row = next;
  }
  return row[other.length];
}
