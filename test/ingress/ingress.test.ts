import { Fn } from 'aws-cdk-lib';
import { StaticMediaCdn } from '../../src';
import { Ingress } from '../../src/ingress/ingress';

test.each([
  ['10.0.0.0', '10.0.0.0'], ['10.0.0.0/33', '10.0.0.0/33'], ['10.0.0/8', '10.0.0/8'], ['256.0.0.1/32', '256.0.0.1/32'], ['2001:db8::/129', '2001:db8::/129'],
  ['example.org', 'example.org'], ['', ''], ['0.0.0.0/0 ', '0.0.0.0/0 '],
])('%p is no range of addresses', (cidr, got) => {
  expect(() => Ingress.cidrs('192.0.2.0/24', cidr)).toThrow(`Ingress.cidrs: 'cidrs' must be ranges of addresses, such as 192.0.2.0/24 or 2001:db8::/32, got '${got}'`);
});

test('ranges are at least one', () => {
  expect(() => Ingress.cidrs()).toThrow("Ingress.cidrs: 'cidrs' must have at least one range, such as 192.0.2.0/24, got none: use Ingress.internal()");
});

test('ranges may be tokens, and looked up', () => {
  expect(() => Ingress.cidrs(Fn.ref('Office'), 'dummy-value-for-/offices/main')).not.toThrow();
});

test('ranges are text', () => {
  expect(() => Ingress.cidrs(['10.0.0.0/8'] as any)).toThrow("Ingress.cidrs: 'cidrs' must be a list, each item of it a string, got a list in it");
});

test.each(['pl-1', 'sg-0123456789abcdef0', 'com.amazonaws.global.cloudfront.origin-facing'])('%s is no id of a prefix list', (id) => {
  expect(() => Ingress.prefixList(id)).toThrow(`Ingress.prefixList: 'prefixListId' must be the id of a prefix list, such as pl-0123456789abcdef0, got '${id}'`);
});

test('a prefix list may be of the template', () => {
  expect(() => Ingress.prefixList(Fn.ref('Offices'))).not.toThrow();
});

test('CloudFront alone is for a CDN', () => {
  expect(() => Ingress.cloudFrontOnly({} as StaticMediaCdn)).toThrow("Ingress.cloudFrontOnly: 'cdn' must be a StaticMediaCdn, got an object of Object");
});
