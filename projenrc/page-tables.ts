import { App, Stack } from 'aws-cdk-lib';
import { DefaultContent, HaVpc, StageProfile, StaticFiles, StaticMediaCdn, StaticMediaCdnProps } from '../src';

const PROFILES = [StageProfile.production(), StageProfile.staging(), StageProfile.ephemeral()];

const ROWS: [string, (profile: StageProfile) => string][] = [
  ['`availabilityZones`', (profile) => `${profile.availabilityZones}`],
  ['`natStrategy`', (profile) => `\`${profile.natStrategy}\``],
  ['`standby`', (profile) => yesOrNo(profile.standby)],
  ['`deletionProtection`', (profile) => yesOrNo(profile.deletionProtection)],
  ['`removalPolicy`', (profile) => `\`${profile.removalPolicy.toUpperCase()}\``],
  ['`backupRetention`', (profile) => days(profile.backupRetention.toDays())],
  ['`logRetention`', (profile) => days(profile.logRetention)],
  ['`minimumTasks`', (profile) => `${profile.minimumTasks}`],
  ['`spot`', (profile) => yesOrNo(profile.spot)],
  ['`cdnPriceClass`', (profile) => `\`${profile.cdnPriceClass}\``],
  ['`alarmTopic`', (profile) => (profile.alarmTopic ? 'set' : 'none: a warning')],
];

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

export function profileTable(): string {
  return [
    `| | ${PROFILES.map(({ name }) => `\`${name}()\``).join(' | ')} |`,
    `|---|${PROFILES.map(() => '---').join('|')}|`,
    ...ROWS.map(([name, value]) => `| ${name} | ${PROFILES.map(value).join(' | ')} |`),
  ].join('\n');
}

/** What a CDN does with each path, as `explainAll()` tells. */
export function cdnTable(props: StaticMediaCdnProps): string {
  return new StaticMediaCdn(new Stack(new App(), 'Stack'), 'Cdn', props).explainAll();
}

/** What the default network says of itself. */
export function networkPlan(): string {
  return `\`\`\`text\n${new HaVpc(new Stack(new App(), 'Stack'), 'Network').explain()}\n\`\`\``;
}

/** The generated tables of each page, by their names there. */
export function tables(): Record<string, Record<string, string>> {
  return {
    'docs/constructs/stage-profile.md': { profiles: profileTable() },
    'docs/constructs/ha-vpc.md': { network: networkPlan() },
    'docs/constructs/static-media-cdn.md': {
      'cdn-of-files': cdnTable({ appDomain: 'demo.example.education' }),
      'cdn-of-pages': cdnTable({ appDomain: 'alb.example.org', staticFiles: StaticFiles.fromBucket(), defaultContent: DefaultContent.app() }),
    },
  };
}

/** A document with a table between `<!-- table:NAME -->` and `<!-- /table:NAME -->`. */
export function withTable(document: string, name: string, table: string): string {
  const [opening, closing] = [`<!-- table:${name} -->`, `<!-- /table:${name} -->`];
  const [start, end] = [document.indexOf(opening), document.indexOf(closing)];
  if (start === -1 || end < start) throw new Error(`the page must have ${opening} and, after it, ${closing}`);
  return `${document.slice(0, start)}${opening}\n${table}\n${document.slice(end)}`;
}

/** A page with all of its tables. */
export function withTables(document: string, ofPage: Record<string, string>): string {
  return Object.entries(ofPage).reduce((text, [name, table]) => withTable(text, name, table), document);
}
