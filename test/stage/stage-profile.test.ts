import { App, Duration, RemovalPolicy, Stack, Stage, Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { NatStrategy, StageProfile } from '../../src';

test('is production where nobody said otherwise', () => {
  expect(StageProfile.of(new Stack(new App(), 'Stack')).name).toBe('production');
});

test('production survives the loss of a zone and the deletion of its stack', () => {
  const production = StageProfile.production();

  expect(production.availabilityZones).toBe(3);
  expect(production.natStrategy.toString()).toBe('perAz');
  expect(production.standby).toBe(true);
  expect(production.deletionProtection).toBe(true);
  expect(production.removalPolicy).toBe(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  expect(production.backupRetention.toDays()).toBe(7);
  expect(production.logRetention).toBe(RetentionDays.ONE_YEAR);
  expect(production.minimumTasks).toBe(2);
  expect(production.spot).toBe(false);
  expect(production.cdnPriceClass).toBe('PriceClass_All');
  expect(production.alarmTopic).toBeUndefined();
});

test('staging has one zone less, one NAT, no standby, short retention and a cheap edge, and keeps its data', () => {
  const staging = StageProfile.staging();

  expect(staging.availabilityZones).toBe(StageProfile.production().availabilityZones - 1);
  expect(staging.natStrategy.toString()).toBe('single');
  expect(staging.standby).toBe(false);
  expect(staging.deletionProtection).toBe(false);
  expect(staging.removalPolicy).toBe(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  expect(staging.backupRetention.toDays()).toBe(3);
  expect(staging.logRetention).toBe(RetentionDays.ONE_MONTH);
  expect(staging.minimumTasks).toBe(1);
  expect(staging.cdnPriceClass).toBe('PriceClass_100');
});

test('ephemeral is destroyed without leftovers', () => {
  const ephemeral = StageProfile.ephemeral();

  expect(ephemeral.removalPolicy).toBe(RemovalPolicy.DESTROY);
  expect(ephemeral.deletionProtection).toBe(false);
  expect(ephemeral.backupRetention.toDays()).toBe(1);
  expect(ephemeral.logRetention).toBe(RetentionDays.ONE_WEEK);
  expect(ephemeral.spot).toBe(true);
});

test('the nearest profile up the tree wins', () => {
  const app = new App();
  const stage = new Stage(app, 'Stage');
  const stack = new Stack(stage, 'Stack');
  StageProfile.staging().applyTo(app);
  StageProfile.ephemeral().applyTo(stack);

  expect(StageProfile.of(app).name).toBe('staging');
  expect(StageProfile.of(stage).name).toBe('staging');
  expect(StageProfile.of(new Construct(stack, 'Child')).name).toBe('ephemeral');
});

test('two apps in one process do not see each other\'s profile', () => {
  const [one, other] = [new App(), new App()];
  StageProfile.ephemeral().applyTo(one);

  expect(StageProfile.of(other).name).toBe('production');
});

test('overrides change the values given, and nothing in the profile they came from', () => {
  const production = StageProfile.production();
  const longer = production.withOverrides(Object.freeze({ backupRetention: Duration.days(35), spot: undefined, natStrategy: NatStrategy.none() }));

  expect(longer.backupRetention.toDays()).toBe(35);
  expect(longer.natStrategy.toString()).toBe('none');
  expect(longer.spot).toBe(false);
  expect(longer.name).toBe('production');
  expect(production.backupRetention.toDays()).toBe(7);
});

test('cannot be changed after it is made', () => {
  expect(() => Object.assign(StageProfile.production(), { spot: true })).toThrow('only a getter');
  expect(() => Object.assign(Reflect.get(StageProfile.production(), 'values'), { spot: true })).toThrow('read only');
});

test('can be marked by jsii, which hands it to Python, Java and Go', () => {
  expect(() => Object.defineProperty(StageProfile.production(), Symbol('jsii'), { value: 'reference' })).not.toThrow();
});

test('a second, different profile on a scope is an error that names both', () => {
  const stack = new Stack(new App(), 'Stack');
  StageProfile.staging().applyTo(stack);

  expect(() => StageProfile.ephemeral().applyTo(stack)).toThrow(
    "Stack: a StageProfile is set at most once per scope; this one has 'staging' and cannot also take 'ephemeral', which differs in " +
    'removalPolicy, backupRetention, logRetention, spot: apply one of them to a scope below, or derive one profile by withOverrides()',
  );
});

test('a profile of the same name with another value is a different one', () => {
  const app = new App();
  const topic = new Topic(new Stack(app, 'Stack'), 'Topic');
  StageProfile.staging().applyTo(app);

  expect(() => StageProfile.staging().withOverrides({ minimumTasks: 3 }).applyTo(app)).toThrow('the app: a StageProfile is set at most once');
  expect(() => StageProfile.staging().withOverrides({ backupRetention: Duration.days(4) }).applyTo(app)).toThrow('at most once');
  expect(() => StageProfile.staging().withOverrides({ alarmTopic: topic }).applyTo(app)).toThrow("cannot also take 'staging', which differs in alarmTopic");
  expect(() => StageProfile.staging().withOverrides({ natStrategy: NatStrategy.regional() }).applyTo(app)).toThrow('which differs in natStrategy');
  expect(() => StageProfile.staging().withOverrides({ natStrategy: NatStrategy.instances() }).applyTo(app)).toThrow('which differs in natStrategy');
});

test('a day is a day in hours, too', () => {
  const app = new App();
  StageProfile.ephemeral().applyTo(app);

  expect(() => StageProfile.ephemeral().withOverrides({ backupRetention: Duration.hours(24) }).applyTo(app)).not.toThrow();
});

test('the same profile twice on a scope is harmless, also after constructs took their defaults', () => {
  const stack = new Stack(new App(), 'Stack');
  StageProfile.staging().applyTo(stack);
  StageProfile.of(stack);

  expect(() => StageProfile.staging().applyTo(stack)).not.toThrow();
});

test('a profile that comes after a construct took its defaults is an error, not a silent nothing', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  StageProfile.of(new Construct(stack, 'Early'));

  expect(() => StageProfile.staging().applyTo(stack)).toThrow(
    "Stack: StageProfile 'staging' comes too late, a construct in this scope has already taken its defaults: call applyTo() before " +
    'anything is created in the scope; for a Stack that fills itself, as the first line after super(), or on the App or a Stage around it',
  );
  expect(() => StageProfile.staging().applyTo(app)).toThrow('comes too late');
  expect(() => StageProfile.staging().applyTo(new Stack(app, 'Other'))).not.toThrow();
});

test('a profile that comes late but changes nothing is harmless', () => {
  const app = new App();
  StageProfile.staging().applyTo(app);
  const stack = new Stack(app, 'Stack');
  StageProfile.of(new Construct(stack, 'Early'));

  expect(() => StageProfile.staging().applyTo(stack)).not.toThrow();
});

test('constructs that took their defaults from a nearer profile do not bind the scopes above it', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  StageProfile.ephemeral().applyTo(stack);
  StageProfile.of(new Construct(stack, 'Child'));

  expect(() => StageProfile.staging().applyTo(app)).not.toThrow();
});

test.each([
  [{ availabilityZones: 0 }, "StageProfile: 'availabilityZones' must be a whole number between 1 and 6, got 0"],
  [{ availabilityZones: 7 }, 'between 1 and 6, got 7'],
  [{ minimumTasks: 0 }, "StageProfile: 'minimumTasks' must be a whole number at least 1, got 0"],
  [{ minimumTasks: 1.5 }, 'got 1.5'],
  [{ backupRetention: Duration.days(0) }, "StageProfile: 'backupRetention' must be a whole number of days between 1 and 35, got 0"],
  [{ backupRetention: Duration.days(36) }, 'got 36'],
  [{ backupRetention: Duration.hours(36) }, 'got 1.5'],
])('refuses overrides out of bounds: %p', (overrides, message) => {
  expect(() => StageProfile.production().withOverrides(overrides)).toThrow(message);
});

test('tokens pass', () => {
  const days = Token.asNumber({ Ref: 'Days' });

  expect(() => StageProfile.production().withOverrides({ backupRetention: Duration.days(days), minimumTasks: days })).not.toThrow();
});
