import { Environment, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { KeyGroup } from 'aws-cdk-lib/aws-cloudfront';
import { inRegion, statements, synth } from './static-media-cdn';
import { PrivateMedia, StaticMediaCdnProps } from '../../src';

describe('logs of the CDN', () => {
  test.each([[undefined, 'Custom::EdgeLogDelivery'], [inRegion('us-east-1'), 'AWS::Logs::Delivery']])('are delivered without cookies (%p)', (env, type) => {
    const [delivery] = Object.values(synth({}, env).findResources(type));
    const fields = delivery.Properties.Fields ?? delivery.Properties.RecordFields;
    expect(fields).toEqual(expect.arrayContaining(['cs-uri-stem', 'cs-uri-query']));
    expect(fields).not.toContain('cs(Cookie)');
  });

  test.each<[string, (stack: Stack) => StaticMediaCdnProps, Environment | undefined]>([
    ['keys that are rotated', () => ({ privateMedia: PrivateMedia.rotatedKeys() }), undefined],
    ['keys of yours', (stack) => ({ mediaKeyGroups: [KeyGroup.fromKeyGroupId(stack, 'Keys', 'group-1')] }), inRegion('us-east-1')],
  ])('have no signed URLs, which whoever reads them could use, by %s', (_, props, env) => {
    const template = synth(props, env);
    const [{ Properties }] = [...Object.values(template.findResources('Custom::EdgeLogDelivery')), ...Object.values(template.findResources('AWS::Logs::Delivery'))];
    const fields = Properties.Fields ?? Properties.RecordFields;
    expect(fields).toContain('cs-uri-stem');
    expect(fields).not.toContain('cs-uri-query');
  });

  test('in us-east-1 are CloudFormation\'s to deliver', () => {
    const template = synth({}, inRegion('us-east-1'));
    template.hasResourceProperties('AWS::Logs::DeliverySource', { LogType: 'ACCESS_LOGS', ResourceArn: Match.anyValue() });
    template.hasResourceProperties('AWS::Logs::DeliveryDestination', { OutputFormat: 'w3c', DestinationResourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectAccessLogs'), 'Arn'] } });
  });

  test('reach the bucket from this source only', () => {
    const [statement] = statements(synth(), 'SubjectAccessLogsPolicy').filter(({ Principal }) => Principal.Service === 'delivery.logs.amazonaws.com');
    const source = JSON.stringify(statement.Condition.ArnLike['aws:SourceArn']);
    expect(source).toContain(':logs:us-east-1:');
    expect(source).toContain(':delivery-source:subject-logs-');
    expect(source).not.toContain('*');
    expect(statement.Condition.StringEquals).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' }, 's3:x-amz-acl': 'bucket-owner-full-control' });
  });

  test.each([
    ['in any region', undefined, ['Custom::EdgeLogDelivery']],
    ['in us-east-1', inRegion('us-east-1'), ['AWS::Logs::DeliverySource', 'AWS::Logs::DeliveryDestination', 'AWS::Logs::Delivery']],
  ])('do not change %s when the site or the environment gets another name: a distribution has one source', (_, env, types) => {
    const named = (siteName?: string, environmentName?: string) => {
      const template = synth({ siteName, environmentName }, env);
      const [statement] = statements(template, 'SubjectAccessLogsPolicy').filter(({ Principal }) => Principal.Service === 'delivery.logs.amazonaws.com');
      const withoutTags = ({ Properties: { Tags, ...properties } }: any) => properties;
      return [...types.map((type) => Object.values(template.findResources(type)).map(withoutTags)), statement];
    };
    expect(named('albums', 'staging')).toEqual(named('photos', 'preprod'));
    expect(named('albums', 'staging')).toEqual(named());
  });
});
