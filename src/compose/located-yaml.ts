import type { Document, LineCounter, Node, YAMLMap } from 'yaml';

/** A value of a YAML file, with where it stands: `compose.yaml:4:5`. */
export interface Located {
  readonly at: string;
  /** A scalar. `null` where nothing is written, `undefined` for a map or a list. */
  readonly scalar?: string | number | boolean | null;
  /** A map, by its keys. */
  readonly entries?: Map<string, Entry>;
  /** A list. */
  readonly items?: Located[];
}

export interface Entry {
  /** Where the key stands. */
  readonly at: string;
  readonly value: Located;
}

/**
 * Reads YAML, with aliases and merge keys resolved. A key of a map wins over one that is merged into it, and of those the first.
 *
 * @param file what errors call the text
 * @throws if it is no YAML, or has more than one document: with file, line and column
 */
export function readYaml(text: string, file: string): Located {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- who reads no file does not load the parser
  const yaml: typeof import('yaml') = require('../../assets/yaml.js');
  const lines: LineCounter = new yaml.LineCounter();
  const documents = yaml.parseAllDocuments(text, { lineCounter: lines, merge: true, strict: true });
  if (!Array.isArray(documents) || documents.length === 0) throw new Error(`${file}:1:1: the file is empty`);
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (documents.length > 1) throw new Error(`${placeOf(documents[1].range[0])}: one document is expected, got ${documents.length}: leave '---' out`);
  const [document] = documents as Document[];
  const [broken] = document.errors;
  if (broken) throw new Error(`${placeOf(broken.pos[0])}: ${broken.message.split(' at line ')[0]}`);
  return new Reader(yaml, document, placeOf).read(document.contents, placeOf(0));
}

class Reader {
  /** An anchor with many aliases is read once. */
  private readonly known = new Map<Node, Located>();
  private readonly open = new Set<Node>();

  public constructor(
    private readonly yaml: typeof import('yaml'),
    private readonly document: Document,
    private readonly placeOf: (offset: number) => string,
  ) {}

  public read(given: unknown, whereIsNone: string): Located {
    const at = this.yaml.isNode(given) && given.range ? this.placeOf(given.range[0]) : whereIsNone;
    const node = this.resolved(given, at);
    if (node === null) return { at, scalar: null };
    const known = this.known.get(node);
    if (known) return known;
    if (this.open.has(node)) throw new Error(`${at}: the anchor contains itself`);
    this.open.add(node);
    const located = this.readNode(node, at);
    this.open.delete(node);
    this.known.set(node, located);
    return located;
  }

  private readNode(node: Node, at: string): Located {
    const { yaml } = this;
    if (node.tag === '!reset') return { at, scalar: null };
    if (yaml.isMap(node)) return { at, entries: this.entriesOf(node, at) };
    if (yaml.isSeq(node)) return { at, items: node.items.map((item) => this.read(item, at)) };
    const { value, source } = node as { value?: unknown; source?: string };
    if (value === null || value === undefined) return { at, scalar: null };
    if (typeof value === 'number' && source !== undefined && isAltered(source, value)) return { at, scalar: source };
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return { at, scalar: value };
    return { at, scalar: String(value) }; // a number that is too large to be exact, or a date
  }

  private entriesOf(map: YAMLMap, at: string): Map<string, Entry> {
    const { yaml } = this;
    const entries = new Map<string, Entry>();
    const merged: Located[] = [];
    for (const { key, value } of map.items) {
      const place = yaml.isNode(key) && key.range ? this.placeOf(key.range[0]) : at;
      if (yaml.isScalar(key) && (key.value === '<<' || typeof key.value === 'symbol')) merged.push(this.read(value, place));
      else entries.set(this.keyOf(key, place), { at: place, value: this.read(value, place) });
    }
    for (const source of merged.flatMap((each) => each.items ?? [each])) {
      if (!source.entries) throw new Error(`${source.at}: '<<' merges maps, and this is none`);
      source.entries.forEach((entry, key) => entries.has(key) || entries.set(key, entry));
    }
    return entries;
  }

  private keyOf(key: unknown, at: string): string {
    const node = this.resolved(key, at);
    return String(this.yaml.isScalar(node) ? node.value : node);
  }

  private resolved(given: unknown, at: string): Node | null {
    const { yaml } = this;
    if (yaml.isPair(given)) throw new Error(`${at}: a list of keys and values (!!omap, !!pairs) is not supported: write a map`);
    if (!yaml.isNode(given)) return null;
    if (!yaml.isAlias(given)) return given;
    const target = given.resolve(this.document);
    if (!target) throw new Error(`${at}: there is no anchor '${given.source}' above`);
    return target;
  }
}

/** Whether a number is not what is written: too large to be exact, or with zeros before it, as in the number of an account. */
function isAltered(source: string, value: number): boolean {
  return /^[-+]?\d+$/.test(source) && (!Number.isSafeInteger(value) || /^[-+]?0\d/.test(source));
}
