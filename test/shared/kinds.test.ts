import { CfnParameter, Duration, Lazy, RemovalPolicy, Size, Stack, Token } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import * as kinds from '../../src/shared/kinds';

class Engine {
  public static valkey(): Engine {
    return new Engine();
  }

  private constructor() {}
}

const INNER: kinds.PropKinds<{ readonly every: Duration; readonly count?: number }> = { every: kinds.required(kinds.duration), count: kinds.number };

const PROPS: kinds.PropKinds<any> = {
  name: kinds.required(kinds.text),
  engine: kinds.made(Engine, 'Engine, such as Engine.valkey()'),
  names: kinds.texts,
  buckets: kinds.list(kinds.bucket),
  plan: kinds.struct(INNER),
  plans: kinds.list(kinds.struct(INNER)),
  settings: kinds.textMap,
  timeout: kinds.duration,
  memory: kinds.size,
  isFast: kinds.flag,
  removalPolicy: kinds.removalPolicy,
  price: kinds.valueOf('PriceClass', /^PriceClass_/),
};

const check = (props: unknown) => () => kinds.requireKinds('Stack/Subject', props, PROPS);
const list = () => new CfnParameter(new Stack(), 'List', { type: 'CommaDelimitedList' }).valueAsList;

test.each<[object, string]>([
  [{ name: undefined }, "'name' must be a string, got nothing"],
  [{ name: null }, "'name' must be a string, got null"],
  [{ name: 7 }, "'name' must be a string, got 7"],
  [{ engine: 'valkey' }, "'engine' must be made by Engine, such as Engine.valkey(), got 'valkey'"],
  [{ names: 'one' }, "'names' must be a list of strings, got 'one'"],
  [{ names: ['one', 2] }, "'names' must be a list of strings, got 2 in it"],
  [{ names: ['one', undefined] }, "'names' must be a list of strings, got nothing in it"],
  [{ buckets: [{}] }, "'buckets' must be a list, each item of it a bucket (s3.IBucket), got an object of Object in it"],
  [{ buckets: list() }, "'buckets' must be a list known at synthesis, got a token"],
  [{ plan: [] }, "'plan' must be an object with options, got a list"],
  [{ plan: {} }, "'every' of 'plan' must be a Duration, such as Duration.seconds(30), got nothing"],
  [{ plan: { every: Duration.days(1), count: '3' } }, "'count' of 'plan' must be a number, got '3'"],
  [{ plans: [{ every: 5 }] }, "'every' of 'plans' must be a Duration, such as Duration.seconds(30), got 5"],
  [{ settings: { a: 1 } }, "'settings' must be an object with strings as values, got an object of Object"],
  [{ timeout: 30 }, "'timeout' must be a Duration, such as Duration.seconds(30), got 30"],
  [{ memory: Duration.days(1) }, "'memory' must be a Size, such as Size.mebibytes(512), got an object of Duration"],
  [{ isFast: 'yes' }, "'isFast' must be true or false, got 'yes'"],
  [{ removalPolicy: 'keep' }, "'removalPolicy' must be one of RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got 'keep'"],
  [{ price: 'cheap' }, "'price' must be one of PriceClass, got 'cheap'"],
  [{ timeout: () => 3 }, "'timeout' must be a Duration, such as Duration.seconds(30), got a function"],
  [{ timeout: Object.create(null) }, "'timeout' must be a Duration, such as Duration.seconds(30), got an object of no class"],
  [{ timeout: Token.asString({ Ref: 'T' }) }, "'timeout' must be a Duration, such as Duration.seconds(30), got a token"],
])('refuses %p', (props, text) => {
  expect(check({ name: 'x', ...props })).toThrow(new Error(`Stack/Subject: ${text}`));
});

test.each([['text', "'text'"], [5, '5'], [[], 'a list']])('refuses %p instead of props', (given, words) => {
  expect(check(given)).toThrow(new Error(`Stack/Subject: 'props' must be an object, got ${words}`));
});

test('names the first property that is missing where there are no props', () => {
  for (const none of [undefined, null]) expect(check(none)).toThrow(new Error("Stack/Subject: 'name' must be a string, got nothing"));
  expect(() => kinds.requireKinds('Stack/Subject', undefined, { count: kinds.number })).not.toThrow();
  expect(() => kinds.requireKinds('Stack/Subject', null, { count: kinds.number }, 'options')).toThrow(new Error("Stack/Subject: 'options' must be an object, got null"));
});

test('takes what is right, tokens, and what is left out', () => {
  const bucket = Bucket.fromBucketName(new Stack(), 'Bucket', 'photos');
  const every = Duration.seconds(Lazy.number({ produce: () => 3 }));
  expect(check({
    name: Lazy.string({ produce: () => 'x' }),
    engine: Engine.valkey(),
    names: list(),
    buckets: [bucket],
    plan: { every },
    plans: [{ every, count: Token.asNumber({ Ref: 'N' }) }],
    settings: { a: 'b' },
    timeout: every,
    memory: Size.mebibytes(1),
    isFast: false,
    removalPolicy: RemovalPolicy.RETAIN,
    price: 'PriceClass_100',
  })).not.toThrow();
  expect(check({ name: '' })).not.toThrow();
});

test('takes what the classes of another copy of this package have made', () => {
  const Other = Object.defineProperty(class {}, 'name', { value: 'Engine' });
  expect(check({ name: 'x', engine: new Other() })).not.toThrow();
});

test('an argument is named with its factory', () => {
  expect(() => kinds.requireArgument('Engine.valkey', 'version', 8, kinds.text)).toThrow(new Error("Engine.valkey: 'version' must be a string, got 8"));
  expect(() => kinds.requireArgument('Engine.valkey', 'version', undefined, kinds.text)).not.toThrow();
  expect(() => kinds.requireArgument('Engine.valkey', 'version', undefined, kinds.required(kinds.text))).toThrow("'version' must be a string, got nothing");
});
