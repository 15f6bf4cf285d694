import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StageProfile, ThumbnailToWasabi, ThumbnailToWasabiProps } from '../../src';

export type Vary = (stack: Stack) => Partial<ThumbnailToWasabiProps>;

export function build(vary: Vary = () => ({}), profile?: StageProfile): { stack: Stack; subject: ThumbnailToWasabi } {
  const stack = new Stack(new App(), 'Stack');
  profile?.applyTo(stack);
  const subject = new ThumbnailToWasabi(stack, 'Photos', {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: 'photoarchive',
    credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'demo/wasabi/access'),
    ...Object.freeze(vary(stack)),
  });
  return { stack, subject };
}

export function synth(vary?: Vary, profile?: StageProfile): Template {
  return Template.fromStack(build(vary, profile).stack);
}

/** The one resource of a type whose logical id begins so. */
export function resource(template: Template, type: string, idPrefix: string): { Properties: any; [attribute: string]: any } {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(idPrefix));
  expect(found).toHaveLength(1);
  return found[0][1] as any;
}

export function photoFunction(template: Template) {
  return resource(template, 'AWS::Lambda::Function', 'PhotosPhotoFunction').Properties;
}

export function rolePolicy(template: Template, idPrefix: string): { Action: string | string[]; Resource: unknown; Effect: string }[] {
  return resource(template, 'AWS::IAM::Policy', idPrefix).Properties.PolicyDocument.Statement;
}

export function arnOf(idPrefix: string): object {
  return { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${idPrefix}[0-9A-F]{8}$`)), 'Arn'] };
}

export function keysOf(idPrefix: string, keys: string): object {
  return { 'Fn::Join': ['', [arnOf(idPrefix), `/${keys}`]] };
}
