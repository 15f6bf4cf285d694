/** What CloudWatch has of a metric in one period: nothing, or a number. */
export type Datapoint = number | undefined;

/**
 * Evaluates an expression of CloudWatch's metric math for one period. It knows the part of the language that this library uses.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluate(expression: string, metrics: Record<string, Datapoint>): Datapoint {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(\.\d+)?|>=|<=|==|[-+*/()[\],><]/g)!;
  if (tokens.join('') !== expression.replace(/\s/g, '')) throw new Error(`not all of it is understood: ${expression}`);
  const result = new Parser(tokens, metrics).all();
  if (Array.isArray(result)) throw new Error(`a list is no time series: ${expression}`);
  return result;
}

type Value = Datapoint | Datapoint[];

const OPERATORS: Record<string, (one: number, other: number) => Datapoint> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => (other === 0 ? undefined : one / other), // a period that CloudWatch cannot calculate has no datapoint
  '>': (one, other) => Number(one > other),
  '>=': (one, other) => Number(one >= other),
  '<': (one, other) => Number(one < other),
  '<=': (one, other) => Number(one <= other),
  '==': (one, other) => Number(one === other),
};

const LEVELS = [['>', '>=', '<', '<=', '=='], ['+', '-'], ['*', '/']];

class Parser {
  private position = 0;

  constructor(private readonly tokens: string[], private readonly metrics: Record<string, Datapoint>) {}

  public all(): Value {
    const value = this.binary(0);
    if (this.position !== this.tokens.length) throw new Error(`unexpected ${this.tokens[this.position]}`);
    return value;
  }

  private binary(level: number): Value {
    if (level === LEVELS.length) return this.operand();
    let value = this.binary(level + 1);
    while (LEVELS[level].includes(this.tokens[this.position])) {
      const operator = OPERATORS[this.tokens[this.position++]];
      const [one, other] = [single(value), single(this.binary(level + 1))];
      value = one === undefined || other === undefined ? undefined : operator(one, other);
    }
    return value;
  }

  private operand(): Value {
    const token = this.tokens[this.position++];
    if (token === '(') return this.closing(this.binary(0), ')');
    if (token === '[') return this.list(']').map(single);
    if (/^\d/.test(token)) return Number(token);
    if (this.tokens[this.position] === '(') {
      this.position += 1;
      return call(token, this.list(')'));
    }
    if (!(token in this.metrics)) throw new Error(`no metric is called ${token}`);
    return this.metrics[token];
  }

  private list(end: string): Value[] {
    const items = [this.binary(0)];
    while (this.tokens[this.position] === ',') {
      this.position += 1;
      items.push(this.binary(0));
    }
    return this.closing(items, end);
  }

  private closing<T>(value: T, end: string): T {
    if (this.tokens[this.position++] !== end) throw new Error(`${end} is missing`);
    return value;
  }
}

function single(value: Value): Datapoint {
  if (Array.isArray(value)) throw new Error('an operator takes no list');
  return value;
}

function call(name: string, parameters: Value[]): Datapoint {
  const [first, second, third] = parameters;
  if (name === 'IF') return single(first) === undefined ? undefined : single(first) ? single(second) : single(third);
  if (name === 'FILL') return single(first) ?? single(second);
  const present = (first as Datapoint[]).filter((item) => item !== undefined);
  if (present.length === 0) return undefined;
  if (name === 'SUM') return present.reduce((sum, item) => sum + item, 0);
  if (name === 'MAX') return Math.max(...present);
  throw new Error(`the function ${name} is not known here`);
}

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: { readonly MetricName: string } };
  readonly ReturnData?: boolean;
}

/** Evaluates the queries of an alarm or of a scaling policy over metrics by their name. A query may refer to one that stands after it. */
export function evaluateQueries(queries: Query[], metrics: Record<string, Datapoint>): Datapoint {
  const values: Record<string, Datapoint> = {};
  const left = [...queries.filter(({ MetricStat }) => MetricStat), ...queries.filter(({ MetricStat }) => !MetricStat)];
  const isReady = ({ Expression = '' }: Query) => left.every(({ Id }) => !new RegExp(`\\b${Id}\\b`).test(Expression));
  while (left.length > 0) {
    const next = left.findIndex(isReady);
    if (next === -1) throw new Error(`expressions refer to each other: ${left.map(({ Id }) => Id)}`);
    const [{ Id, Expression, MetricStat }] = left.splice(next, 1);
    values[Id] = Expression === undefined ? metrics[MetricStat!.Metric.MetricName] : evaluate(Expression, values);
  }
  const returned = queries.filter(({ ReturnData }) => ReturnData !== false);
  if (returned.length !== 1) throw new Error(`one query returns data, got ${returned.length}`);
  return values[returned[0].Id];
}
